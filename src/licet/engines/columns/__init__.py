"""Columns: a rulebook over a population, by classes of subjects."""
