"""Licet beside Inspect: tasks, scorers and hooks that other people's `inspect eval` finds by the entry point."""
