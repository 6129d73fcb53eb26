"""Licet ("it is permitted"): orders about AI models as access that is exact, immediate, reversible and provable."""

__version__ = "0.1.0"
