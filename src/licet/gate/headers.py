"""The headers by which every decided answer says what was asked for, what served, and because of which orders."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.decision import Decision, Outcome
from licet.gate.answers import Headers


def decision_headers(decision: Decision, decision_id: str, safeguards: bytes = b"") -> Headers:
    """The headers of an answer under this decision. `safeguards` are those because of which another model serves."""
    headers = [
        (b"licet-decision", decision_id.encode()),
        (b"licet-requested-model", _value(decision.requested)),
    ]
    forbidden_by = decision.verdicts[0].forbidden_by
    if decision.served is not None:
        headers.append((b"licet-served-model", _value(decision.served)))
        if safeguards:
            headers.append((b"licet-safeguard", safeguards))
        if decision.outcome is Outcome.SUBSTITUTE and (forbidden_by or not safeguards):
            headers.append((b"licet-instrument", _names(forbidden_by or ("no release",))))
    elif forbidden_by:
        headers.append((b"licet-instrument", _names(forbidden_by)))
    return headers


def withdrawn(headers: Headers, instruments: Iterable[str]) -> Headers:
    """The headers of an answer that was to be served, and was ended before its first byte by these instruments."""
    kept = [(name, value) for name, value in headers if name not in _WITHDRAWN]
    names = _names(instruments)
    return [*kept, (b"licet-instrument", names)] if names else kept


_WITHDRAWN = (b"licet-served-model", b"licet-instrument", b"licet-safeguard")


def _names(instruments: Iterable[str]) -> bytes:
    return _value(", ".join(instruments))


def _value(text: str) -> bytes:
    """Printable ASCII; anything else, which a caller may have sent as a model's name, becomes `?`."""
    if text.isascii() and text.isprintable():
        return text.encode()
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text).encode()
