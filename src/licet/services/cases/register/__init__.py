"""The public register: cases as the public sees them, times against the clocks, and the files of both."""
