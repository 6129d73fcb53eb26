"""The sealed journal: commitments to it, and what opens them."""
