"""Results as pages: HTML and charts, one look for all of them. No I/O."""
