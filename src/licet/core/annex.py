"""Lists that instruments name, such as the organisations of an annex: CSV files, pinned by their digest."""

from __future__ import annotations

import csv
import hashlib
import io

from licet.core.errors import LicetError


class AnnexRejectedError(LicetError):
    """A list that cannot be read: which line, and why."""


def digest_of(content: bytes) -> str:
    """The digest of a file's bytes, as `sha256sum` gives it, with the algorithm in front."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def members_of(content: bytes, column: str | None) -> frozenset[str]:
    """The values in one column (the first, if none is named) of a CSV file with a header line.

    Raises `AnnexRejectedError` for other encodings than UTF-8, a missing column, an empty or repeated value, and
    lines of another length than the header.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        raise AnnexRejectedError("line 1: a byte order mark; save the file as UTF-8 without one")
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        header = next(rows, None)
        if not header or len(set(header)) != len(header):
            raise AnnexRejectedError("line 1: a header with distinct column names is needed")
        if column is not None and column not in header:
            raise AnnexRejectedError(f"line 1: no column `{column}`; there are: {', '.join(header)}")
        position = header.index(column) if column is not None else 0
        members: set[str] = set()
        for row in rows:
            members.add(member(row, position, len(header), rows.line_num, members))
    except UnicodeDecodeError as error:
        raise AnnexRejectedError(f"byte {error.start}: not UTF-8") from error
    except csv.Error as error:
        raise AnnexRejectedError(f"line {rows.line_num}: {error}") from error
    return frozenset(members)


def member(row: list[str], position: int, width: int, line: int, before: set[str]) -> str:
    if len(row) != width:
        raise AnnexRejectedError(f"line {line}: {len(row)} cells, but the header has {width}")
    value = row[position]
    if value == "" or value != value.strip():
        raise AnnexRejectedError(f"line {line}: `{value}` is empty or has spaces around it")
    if value in before:
        raise AnnexRejectedError(f"line {line}: `{value}` is listed twice")
    return value
