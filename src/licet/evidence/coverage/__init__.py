"""What was intended against what was run: budgets, gaps, judges, origins, whether performance still rises."""
