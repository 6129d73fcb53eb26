"""Rulebooks as formulas for an SMT solver."""
