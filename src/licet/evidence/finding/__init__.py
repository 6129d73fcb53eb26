"""A reported technique judged: how often it works, how far it reaches, what it gains, how severe it is."""
