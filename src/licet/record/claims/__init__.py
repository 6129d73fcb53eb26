"""Enforcement claims, decided again from the log and what was opened."""
