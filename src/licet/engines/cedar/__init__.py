"""Rulebooks as Cedar policies, schema and entities."""
