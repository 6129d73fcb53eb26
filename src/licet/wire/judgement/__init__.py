"""Judgements as JSON, so that the other side can read, check and repeat them. `spec/judgements.md`."""
