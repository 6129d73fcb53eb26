"""Which API key a request carries, from its two possible headers."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.errors import LicetError


class KeyHeaderError(LicetError):
    """No key, more than one, or one that cannot be read."""


def read_key(authorization: Iterable[bytes], x_api_key: Iterable[bytes]) -> str:
    """The key in `Authorization: Bearer` or `x-api-key`; both may carry it if they agree. Raises `KeyHeaderError`."""
    found = {_bearer(value) for value in authorization} | {value.strip() for value in x_api_key}
    if not found:
        raise KeyHeaderError("no API key: send it as `Authorization: Bearer <key>` or as `x-api-key: <key>`")
    if len(found) > 1:
        raise KeyHeaderError("`authorization` and `x-api-key` carry different API keys: send one")
    key = found.pop()
    if not key.isascii():
        raise KeyHeaderError("the API key holds characters that no key has")
    return key.decode("ascii")


def _bearer(value: bytes) -> bytes:
    scheme, _, token = value.strip().partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise KeyHeaderError("`authorization` is not of the form `Bearer <key>`")
    return token.strip()
