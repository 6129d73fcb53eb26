"""Organisations that push their members, and what they say of them."""
