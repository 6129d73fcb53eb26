"""Tokens and credentials that others signed: bytes in, checked values out. No I/O, no clock."""
