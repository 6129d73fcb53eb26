"""A patch judged: whether the technique fails now, every earlier one too, and what it costs whom."""
