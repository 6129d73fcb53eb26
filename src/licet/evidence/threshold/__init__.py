"""A threshold judged: reached, not reached, cannot rule out, or not enough evidence to say."""
