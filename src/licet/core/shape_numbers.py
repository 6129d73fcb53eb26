"""The shapes of numbers and digests: decimals stay text, in one spelling, for canonical JSON has no fractions."""

from __future__ import annotations

import re
from decimal import Decimal

from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree

DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,12})?")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
MOST = 10**9


def decimal(shaping: Shaping, path: Path, value: Tree) -> str:
    """A decimal number as text without needless zeros: `0.050` and `0.05` are one spelling, `0.05`."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(written, str) or not DECIMAL.fullmatch(written):
        raise shaping.wrong(path, value, Shape.DECIMAL.value)
    number = Decimal(written)
    return "0" if number == 0 else format(number.normalize(), "f")


def share(shaping: Shaping, path: Path, value: Tree, allowed: str = "a share from 0 to 1, as in `0.05`") -> str:
    """A decimal number from 0 to 1."""
    written = decimal(shaping, path, value)
    if not 0 <= Decimal(written) <= 1:
        raise shaping.wrong(path, value, allowed)
    return written


def whole(shaping: Shaping, path: Path, value: Tree) -> int:
    """A whole number from 1."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST:
        raise shaping.wrong(path, value, Shape.WHOLE.value)
    return value


def digest(shaping: Shaping, path: Path, value: Tree) -> str:
    """The digest of something, as the whole project writes it."""
    if not isinstance(value, str) or not DIGEST.fullmatch(value):
        raise shaping.wrong(path, value, Shape.DIGEST.value)
    return value
