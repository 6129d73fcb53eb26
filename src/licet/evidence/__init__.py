"""Evidence judged: statistics, coverage, thresholds, findings and patches. Values in, values out; no I/O."""
