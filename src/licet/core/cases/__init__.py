"""Procedures, clocks, cases and decisions as values; the room `licet.cases` reasons about them."""
