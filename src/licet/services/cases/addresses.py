"""Addresses for mail."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

ADDRESS = re.compile(
    rf"(?<![\w!#$%&'*+/=?^`{{|}}~.@-])(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+(?![\w@-])"
)
"""An address as it is written to (a dot-atom of RFC 5321, section 4.1.2); whoever has another gets no letter.

No `?` is in it: a local part with one could be an encoded word (RFC 2047), which a header shows as something else. And
it is never a part of something longer, with letters of other scripts neither.
"""
