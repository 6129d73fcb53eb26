"""Decisions: read from an entry, what a draft of one still lacks, and the instruments that they write."""
