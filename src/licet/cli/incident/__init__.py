"""Incidents: which duties to report them apply, what is due when, and the report of each."""
