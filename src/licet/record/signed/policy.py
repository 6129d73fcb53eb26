"""Trust policies (C2SP tlog-policy): which logs are believed, and how many witnesses must have cosigned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from licet.record.refusal import Malformed
from licet.record.signed.keys import KeyKind, NoteKey, read_key
from licet.record.spelling import shown

SIZE_LIMIT = 1_000_000
"""The longest policy, in bytes."""

LINES_LIMIT = 1_000
"""The most lines of a policy."""

NONE = "none"
"""The quorum that asks for nobody."""

_control = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_count = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its key, and where it is reached, if the policy says so."""

    key: NoteKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Satisfied if at least `needed` of `members` (witnesses and groups, by name) are."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a checkpoint needs to be believed. `witnesses` are by the policy's own names for them.

    A name in `groups` stands after all names of its members.
    """

    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str

    def met(self, cosigned: Iterable[str]) -> frozenset[str]:
        """Those witnesses and groups that are satisfied where these witnesses cosigned."""
        satisfied = set(cosigned)
        for group in self.groups.values():
            if sum(member in satisfied for member in group.members) >= group.needed:
                satisfied.add(group.name)
        return frozenset(satisfied)


@dataclass(slots=True)
class _Draft:
    logs: list[Party] = field(default_factory=list)
    witnesses: dict[str, Party] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None


def read_policy(content: bytes, place: str = "policy") -> Policy:
    """The policy that a file's bytes are. Raises `Malformed` with the line."""
    if len(content) > SIZE_LIMIT:
        raise Malformed(place, f"{len(content)} bytes, more than {SIZE_LIMIT}")
    control = _control.search(content)
    if control:
        where = content.count(b"\n", 0, control.start()) + 1
        raise Malformed(f"{place}: line {where}", f"control character 0x{control[0][0]:02x}")
    lines = content.split(b"\n")
    if lines.pop():
        raise Malformed(f"{place}: line {len(lines) + 1}", "it does not end with a line feed")
    if len(lines) > LINES_LIMIT:
        raise Malformed(place, f"{len(lines)} lines, more than {LINES_LIMIT}")
    draft = _Draft()
    for at, line in enumerate(lines, 1):
        # names are octets to C2SP; surrogateescape keeps each octet that is not UTF-8 apart from all others
        words = [word.decode("utf-8", "surrogateescape") for word in re.split(rb"[ \t]+", line.strip(b" \t"))]
        if words[0] and not words[0].startswith("#"):
            _read_line(draft, words, f"{place}: line {at}")
    if draft.quorum is None:
        raise Malformed(place, "no line `quorum <name>`; without cosignatures it is `quorum none`")
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorum)


def _read_line(draft: _Draft, words: list[str], place: str) -> None:
    match words:
        case ["log", key, *url] if len(url) < 2:
            _add_log(draft, key, url, place)
        case ["witness", name, key, *url] if len(url) < 2:
            _add_witness(draft, name, key, url, place)
        case ["group", name, needed, *members] if members:
            _add_group(draft, name, needed, members, place)
        case ["quorum", name]:
            if draft.quorum is not None:
                raise Malformed(place, "a second quorum")
            if name != NONE:
                _check_known(draft, name, place)
            draft.quorum = name
        case _:
            raise Malformed(
                place,
                f"{shown(' '.join(words))} is none of `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, "
                "`group <name> <k>|any|all <member>…`, `quorum <name>`",
            )


def _add_log(draft: _Draft, written: str, url: list[str], place: str) -> None:
    key = _key(written, KeyKind.LOG, place)
    if any(key.public == each.key.public for each in draft.logs):
        raise Malformed(place, f"the public key of {shown(key.name)} is a log's already")
    draft.logs.append(Party(key, *url))


def _add_witness(draft: _Draft, name: str, written: str, url: list[str], place: str) -> None:
    key = _key(written, KeyKind.WITNESS, place)
    if any(key.public == each.key.public for each in draft.witnesses.values()):
        raise Malformed(place, f"the public key of {shown(key.name)} is a witness's already")
    _check_new(draft, name, place)
    draft.witnesses[name] = Party(key, *url)


def _add_group(draft: _Draft, name: str, written: str, members: list[str], place: str) -> None:
    _check_new(draft, name, place)
    for member in members:
        _check_known(draft, member, place)
        if member in draft.members:
            raise Malformed(place, f"{shown(member)} is a member already; each name counts once")
        draft.members.add(member)
    draft.groups[name] = Group(name, _needed(written, len(members), place), tuple(members))


def _needed(written: str, members: int, place: str) -> int:
    if written in ("any", "all"):
        return 1 if written == "any" else members
    needed = int(written) if _count.fullmatch(written) else 0
    if not 1 <= needed <= members:
        raise Malformed(place, f"{shown(written)} is not `any`, `all` or a number from 1 to {members}")
    return needed


def _key(written: str, kind: KeyKind, place: str) -> NoteKey:
    key = read_key(written, place)
    if key.kind is not kind:
        raise Malformed(place, f"the key of {shown(key.name)} has the type 0x{key.kind:02x}, needed is 0x{kind:02x}")
    return key


def _check_new(draft: _Draft, name: str, place: str) -> None:
    if name == NONE or name in draft.witnesses or name in draft.groups:
        raise Malformed(place, f"the name {shown(name)} is taken: names are the policy's own choice, so take another")


def _check_known(draft: _Draft, name: str, place: str) -> None:
    if name not in draft.witnesses and name not in draft.groups:
        raise Malformed(place, f"no witness and no group {shown(name)} on a line above")
