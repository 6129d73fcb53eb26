"""Clocks: from a limit, a start and what did not count to a deadline. The rules are in `spec/clocks.md`."""
