"""Addresses for mail."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
"""An address as it is written to (a dot-atom of RFC 5321, section 4.1.2); whoever has another gets no letter."""
