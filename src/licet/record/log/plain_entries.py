"""Reading the frequent types of entries at once: one pattern for each, instead of JSON and a check of its spelling.

What is read here the strict reader (`entry_spelling.entry_of`) reads as the same value; all else is left to it, and so
is every refusal. A million entries take seconds instead of a quarter of a minute.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Callable
from datetime import datetime

from licet.record.log.entries import Acknowledged, Enacted, Entry, JournalSegment, SubjectFacts
from licet.record.log.fields import GROUNDS, Actor
from licet.record.refusal import RecordRefused

_NAME = r'"([A-Za-z0-9._@/:()+-]{1,256})"'
_NUMBER = "(0|[1-9][0-9]{0,14})"  # all of these are below 2^53
_INSTANT = r'"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.(?!000000)[0-9]{6})?Z)"'
_HASH = '"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"'  # the last digit carries four bits
_DIGEST = '"(sha256:[0-9a-f]{64})"'
_CONTENT = '"(?:sha256|salted):[0-9a-f]{64}"'
_CONTENTS = rf"\[({_CONTENT}(?:,{_CONTENT})*)?\]"
_ACTOR = rf'\{{"pseudonym":{_NAME},"role":{_NAME}\}}'
_ACTORS = rf"\[({_ACTOR}(?:,{_ACTOR})*)?\]".replace("([A-Za-z", "(?:[A-Za-z")

_acknowledgement = re.compile(rf'\{{"at":{_INSTANT},"epoch":{_NUMBER},"type":"acknowledgement","worker":{_NAME}\}}')
_enactment = re.compile(
    rf'\{{"at":{_INSTANT},"by":{_ACTORS},"documents":{_CONTENTS},"epoch":{_NUMBER},'
    rf'"ground":"({"|".join(GROUNDS)})","lists":{_CONTENTS},"rulebook":({_CONTENT}),"type":"enactment"\}}'
)
_actor = re.compile(_ACTOR)
_segment = re.compile(
    rf'\{{"bytes":{_NUMBER},"file":{_NAME},"first":{_INSTANT},"last":{_INSTANT},"records":{_NUMBER},"root":{_HASH},'
    rf'"segment":{_NAME},"sha256":{_DIGEST},"type":"journal-segment","worker":{_NAME}\}}'
)
_facts = re.compile(rf'\{{"root":{_HASH},"segment":{_NAME},"subjects":{_NUMBER},"type":"subject-facts"\}}')
_instant = datetime.fromisoformat


def read_plain(content: bytes) -> Entry | None:
    """The entry, if it is of a frequent type and spelled plainly; None says nothing about what it is."""
    read = _READERS.get(content[:4])
    if read is None:
        return None
    try:
        return read(content.decode("latin-1"))  # every pattern asks for ASCII, so no other byte gets through
    except (ValueError, RecordRefused):  # a date that does not exist, fields that do not go together
        return None


def _read_at(text: str) -> Entry | None:
    """An acknowledgement or an enactment."""
    found = _acknowledgement.fullmatch(text)
    if found is not None:
        at, epoch, worker = found.groups()
        return Acknowledged(int(epoch), worker, _instant(at))
    found = _enactment.fullmatch(text)
    if found is None:
        return None
    at, actors, documents, epoch, ground, lists, rulebook = found.groups()
    by = tuple(Actor(role, pseudonym) for pseudonym, role in _actor.findall(actors or ""))
    contents, listed = _contents(documents), _contents(lists)
    if any(len(set(each)) != len(each) for each in (by, contents, listed)):
        return None
    return Enacted(int(epoch), _instant(at), by, ground, contents, listed, rulebook[1:-1])


def _contents(joined: str | None) -> tuple[str, ...]:
    return tuple(joined[1:-1].split('","')) if joined else ()


def _read_segment(text: str) -> JournalSegment | None:
    found = _segment.fullmatch(text)
    if found is None:
        return None
    size, file, first, last, records, root, segment, digest, worker = found.groups()
    return JournalSegment(
        segment, worker, file, _instant(first), _instant(last), int(records), a2b_base64(root), int(size), digest
    )


def _read_facts(text: str) -> SubjectFacts | None:
    found = _facts.fullmatch(text)
    if found is None:
        return None
    root, segment, subjects = found.groups()
    return SubjectFacts(segment, int(subjects), a2b_base64(root))


_READERS: dict[bytes, Callable[[str], Entry | None]] = {
    b'{"at': _read_at,
    b'{"by': _read_segment,
    b'{"ro': _read_facts,
}
