"""The canonical form of documents (RFC 8785 JSON) and the digests that identify them."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def canonical(tree: Any) -> bytes:
    """The one spelling of a JSON tree."""
    return rfc8785.dumps(tree)


def digest(content: bytes) -> str:
    """The digest of canonical bytes: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()
