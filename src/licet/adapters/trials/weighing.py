"""How large an Inspect log is before anything of it is read: an `.eval` file is a zip, and a zip can be a bomb."""

from __future__ import annotations

import copy
import zipfile
from collections import Counter
from pathlib import Path
from typing import IO
from zlib import crc32

import zstandard

from licet.wire.trials.refusal import TrialsRejected, refused

MOST_MEMBERS = 200_000
LARGEST_MEMBER = 256 << 20
"""Bytes that one sample may have, unpacked: it is read in one piece."""

LARGEST_LOG = 32 << 30
"""Bytes that all of a log may have, unpacked."""

LARGEST_JSON = 256 << 20
"""Bytes of a log that is one JSON document, which is read in one piece."""

LARGEST_WINDOW = 1 << 27
"""Bytes that a frame of Zstandard may look back on."""

PIECE = 1 << 20
ZSTANDARD = 93
"""The method's number in a zip."""

SAMPLES = "samples/"


def weigh_eval(path: Path, file: str) -> int:
    """How many samples an `.eval` file holds. Every member is unpacked once and thrown away, a piece at a time.

    Raises `TrialsRejected` for what is no zip, has too many or too large members, two of one name, or members that are
    not what the directory says.
    """
    try:
        with zipfile.ZipFile(path) as log:
            return _weighed(log, file)
    except TrialsRejected:
        raise
    except Exception as error:  # whatever is wrong with a file, the decompressors have their own words for it
        raise refused(file, f"this is no whole `.eval` file: {_told(error)}") from error


def _weighed(log: zipfile.ZipFile, file: str) -> int:
    members = log.infolist()
    if len(members) > MOST_MEMBERS:
        raise refused(file, f"the log has {len(members)} members; this reads {MOST_MEMBERS}")
    names = Counter(each.filename for each in members)
    if len(names) < len(members):
        raise refused(file, f"the log has two members `{_shown(names.most_common(1)[0][0])}`")
    total = 0
    for member in members:
        total += _unpacked(log, member, file)
        if total > LARGEST_LOG:
            raise refused(file, f"the log unpacks to more than {LARGEST_LOG >> 30} GiB")
    return sum(name.startswith(SAMPLES) and name.endswith(".json") for name in names)


def _unpacked(log: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> int:
    """The real size of a member: a reader that goes by the directory's would not see what comes after."""
    name, size, checksum = _shown(member.filename), 0, 0
    with _opened(log, member, file) as content:
        while piece := content.read(PIECE):
            size += len(piece)
            checksum = crc32(piece, checksum)
            if size > LARGEST_MEMBER:
                raise refused(file, f"`{name}` unpacks to more than {LARGEST_MEMBER >> 20} MiB")
    if size != member.file_size:
        raise refused(file, f"`{name}` is {size} bytes, and the log's directory says {member.file_size}")
    if checksum != member.CRC:
        raise refused(file, f"`{name}` is damaged: its checksum is another")
    return size


def _opened(log: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> IO[bytes]:
    """A member's content, however long it is, to be read in pieces that never become larger than was asked for.

    What teaches `zipfile` Zstandard unpacks whatever a piece of the archive becomes, a gigabyte for a few kilobytes: so
    the packed bytes are read here as if they were not packed, and unpacked by Zstandard's own reader.
    """
    raw = copy.copy(member)
    raw.CRC = None  # type: ignore[assignment]  # `zipfile` checks none then; the caller does
    if member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raw.file_size = 1 << 62
        return log.open(raw)
    if member.compress_type != ZSTANDARD:
        raise refused(file, f"`{_shown(member.filename)}` is packed in a way (method {member.compress_type}) of no log")
    raw.compress_type, raw.file_size = zipfile.ZIP_STORED, member.compress_size
    unpacking = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    return unpacking.stream_reader(log.open(raw), read_size=1 << 16, read_across_frames=True, closefd=True)


def weigh_json(path: Path, file: str) -> None:
    """Raises `TrialsRejected` if a log that is one JSON document is too large to be read in one piece."""
    size = path.stat().st_size
    if size > LARGEST_JSON:
        said = (
            f"the log has {size >> 20} MiB as JSON; this reads {LARGEST_JSON >> 20} (`inspect log convert --to eval`)"
        )
        raise refused(file, said)


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:80])


def _told(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return _shown(text[:1].lower() + text[1:])
