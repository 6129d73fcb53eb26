"""Looking for texts in everything that an installation wrote, however they may be written there."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb

SHORTEST = 5
"""Of base64, fewer letters that are sure to be there say nothing."""


def traces(folder: Path, texts: Iterable[str]) -> list[tuple[str, str, str]]:
    """Every text that is anywhere below a folder, in which file and how: it should be none."""
    needles = [(text, how, needle) for text in texts for how, needle in spellings(text)]
    found = []
    for name, content in contents(folder):
        folded = content.lower()
        for text, how, needle in needles:
            # base64 tells letters apart; everything else is looked for in any case
            if needle in (content if how.startswith("base64") else folded):
                found.append((text, how, name))
    return found


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """How somebody may have written a text: names of the ways, and bytes in small letters, but for base64."""
    content = text.encode()
    for way, plain in (("plain", text), ("folded", text.casefold()), ("small", text.lower()), ("large", text.upper())):
        # the letters of ASCII are made small in what is searched, and no others
        yield way, plain.encode().lower()
        yield f"{way}, UTF-16", plain.encode("utf-16-le").lower()
        yield f"{way}, UTF-16 the other way", plain.encode("utf-16-be").lower()
        yield f"{way}, percent", quote(plain, safe="").lower().encode()
        yield f"{way}, percent for spaces", quote(plain, safe="@/:").replace("%20", "+").lower().encode()
        yield f"{way}, JSON", json.dumps(plain)[1:-1].lower().encode()
        yield f"{way}, hex", plain.encode().hex().encode()
    yield "hex, as it is", content.hex().encode()
    for shift in range(3):
        for way, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            written = encode(b"\0" * shift + content).decode().rstrip("=")
            sure = written[-(-shift * 8 // 6) : (shift + len(content)) * 8 // 6]
            if len(sure) >= SHORTEST:
                yield f"{way} at {shift}", sure.encode()


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder as it lies there, and what is packed in it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content, name = path.read_bytes(), str(path.relative_to(folder))
        yield name, path.name.encode() + b"\0" + content
        yield from ((f"{name}, unpacked", each) for each in unpacked(content))
        if path.suffix == ".parquet":
            rows = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            yield f"{name}, rows", repr(rows).encode()
        if content.startswith(b"SQLite format 3"):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
                # a row may lie in several pages: so it is also read as a row
                yield f"{name}, rows", "\n".join(store.iterdump()).encode("utf-8", "replace")


def unpacked(content: bytes) -> Iterator[bytes]:
    """What of a file is packed, with gzip from its beginning or with zlib as a whole."""
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    for start in (match.start() for match in re.finditer(rb"\x78[\x01\x9c\xda]", content[: 1 << 16])):
        try:
            yield zlib.decompress(content[start:])
        except zlib.error:
            continue
