"""The public register as values: cases as the public sees them, times, what is in force, what is overdue."""
