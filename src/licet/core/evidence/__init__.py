"""What evidence is, as values: trials, suites, estimates, grades, judgements, and the documents that are enacted."""
