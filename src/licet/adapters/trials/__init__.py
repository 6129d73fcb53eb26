"""Trials from files and folders; Inspect's logs through Inspect."""
