"""The entries of a log, and whether a whole log is in order."""
