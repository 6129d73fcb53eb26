"""From the store to the public log."""
