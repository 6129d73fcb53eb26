"""What numbers tell, and how surely: rates, comparisons, judges' errors, looks on the way. `spec/statistics.md`."""
