"""Notes, keys, checkpoints, and whose signatures are believed."""
