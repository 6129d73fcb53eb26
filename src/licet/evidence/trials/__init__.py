"""Trials in columns, and the runs of a suite among them: what coverage and every judgement are computed from."""
