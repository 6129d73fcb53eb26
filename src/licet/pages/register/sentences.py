"""Titles and texts as they stand in sentences and at heads."""

from __future__ import annotations


def lower(text: str) -> str:
    """A title within a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def capital(text: str) -> str:
    """Words as a title."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A text as a sentence of its own."""
    text = text.strip()
    return capital(text) + ("" if text.endswith((".", "!", "?")) else ".")
