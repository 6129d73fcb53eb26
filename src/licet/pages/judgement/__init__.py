"""Judgements as pages that can be handed to the other side."""
