"""Who is asking: admitting facts by their carriers, and forgetting them."""
