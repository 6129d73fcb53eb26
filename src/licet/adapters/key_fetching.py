"""Fetching the key set of an issuer from where its trust document or its metadata say, never where an answer leads."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from licet.adapters import fetching
from licet.core.trust import Trust
from licet.credentials.key_set import LARGEST, KeySet, read_key_set
from licet.credentials.refusal import CredentialRefused

SECONDS = 4.0
"""How long one document may take in all, after its server is reached; and how long that may take."""

LEAST, USUAL, MOST = 60.0, 600.0, 86_400.0
"""Seconds that a set is kept: what its `max-age` says within these bounds, or without one the usual."""

DISCOVERY = "/.well-known/openid-configuration"

_MAX_AGE = re.compile(r'(?:^|,)\s*max-age="?([0-9]{1,9})"?\s*(?:,|$)', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|,)\s*no-(?:store|cache)\s*(?:,|$)", re.IGNORECASE)


class KeysNotFetched(Exception):
    """A document that could not be had, and why, in our own words."""


class Fetched(NamedTuple):
    """A key set, and the seconds for which it is good."""

    keys: KeySet
    seconds: float


def fetch_keys(trust: Trust, seconds: float = SECONDS) -> Fetched:
    """The keys of a document's issuer from where they are. Blocks. Raises `KeysNotFetched`."""
    assert trust.keys is not None
    url = trust.keys.url or jwks_uri(trust.attester, seconds)
    found = document(url, seconds)
    try:
        return Fetched(read_key_set(found.content), good_for(found.headers.get("cache-control", "")))
    except CredentialRefused as error:
        raise KeysNotFetched(str(error)) from None


def good_for(cache_control: str) -> float:
    """The seconds for which an answer may be kept (RFC 9111, section 5.2.2), within our bounds."""
    if _NOT_KEPT.search(cache_control):
        return LEAST
    said = _MAX_AGE.search(cache_control)
    return USUAL if said is None else min(max(float(said[1]), LEAST), MOST)


def jwks_uri(issuer: str, seconds: float = SECONDS) -> str:
    """Where an issuer's metadata say its keys are (OpenID Connect Discovery 1.0, sections 4.1 to 4.3). Blocks.

    Raises `KeysNotFetched`, also for metadata that name another issuer.
    """
    found = document(issuer.rstrip("/") + DISCOVERY, seconds)
    try:
        tree = json.loads(found.content)
    except (ValueError, RecursionError):
        raise KeysNotFetched("its metadata are not JSON") from None
    if not isinstance(tree, dict) or tree.get("issuer") != issuer:
        raise KeysNotFetched("its metadata are another issuer's")
    uri = tree.get("jwks_uri")
    if not isinstance(uri, str) or not uri.startswith("https:" if issuer.startswith("https:") else ("https:", "http:")):
        raise KeysNotFetched("its metadata do not say where its keys are, or lead out of TLS")
    return uri


def document(url: str, seconds: float = SECONDS) -> fetching.Answer:
    """A document, which must be there. Blocks. Raises `KeysNotFetched`."""
    try:
        answer = fetching.get(url, "application/json", fetching.Limits(LARGEST, seconds, seconds))
    except fetching.NotFetched as error:
        raise KeysNotFetched(f"what is at their address cannot be read: {error}") from None
    if answer.status != 200:
        raise KeysNotFetched(f"their address answers with status {answer.status}")
    return answer
