"""Publishing the register: what changed is written, what is gone is removed, and every file is whole throughout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from licet.core.cases.register.lists import CaseLine
from licet.core.cases.register.places import DATA, FEED, INDEX, case_place
from licet.core.cases.register.register import Register
from licet.services.cases.laws import Law
from licet.services.cases.register.feed import feed_of
from licet.services.cases.register.ports import Drawn, Folder, Part
from licet.services.cases.register.tally import Tally
from licet.services.cases.register.whole import register_of
from licet.services.stored import Enactment
from licet.wire import atom
from licet.wire.register import register_json


class Address(NamedTuple):
    """Where the register can be read, and a day since which that address was its keeper's (for the feed's names)."""

    base_url: str
    since: str


class Published(NamedTuple):
    """What publishing did: the register, and how many files were written, were as they are, and were removed."""

    register: Register
    written: int
    unchanged: int
    removed: int


def counted(parts: Iterable[Part]) -> Part:
    """Parts that follow one another, as one."""
    tally, written = Tally(), 0
    for each in parts:
        tally.add(each.tally)
        written += each.written
    return Part(tally, written)


def publish(
    law: Law,
    enactments: Sequence[Enactment],
    cases: Part,
    folder: Folder,
    drawn: Drawn,
    *,
    now: datetime,
    naming: Address | None,
) -> Published:
    """Write everything but the cases, whose files are written already, and remove what is no longer.

    The front page and `register.json` are last: whoever reads them finds all that they lead to.
    """
    lines = cases.tally.lines
    register = register_of(law, enactments, cases.tally, now, base_url=None if naming is None else naming.base_url)
    kept = places_of(lines)
    written = cases.written
    for place, content in files(register, lines, drawn, naming):
        kept.add(place)
        written += folder.write(place, content)
    gone = [place for place in folder.places() if place not in kept]
    for place in gone:
        folder.remove(place)
    return Published(register, written, len(kept) - written, len(gone))


def places_of(lines: Iterable[CaseLine]) -> set[str]:
    """The files of cases."""
    return {case_place(each.case, kind) for each in lines for kind in ("html", "json")}


def files(
    register: Register, lines: Sequence[CaseLine], drawn: Drawn, naming: Address | None
) -> Iterable[tuple[str, bytes]]:
    """Every file that is no case's, the front page and the JSON at the end."""
    last: list[tuple[str, bytes]] = []
    for place, content in drawn.others(register, lines):
        if place == INDEX:
            last.append((place, content))
        else:
            yield place, content
    if naming is not None:
        yield FEED, atom.written(feed_of(register, naming.base_url, naming.since))
    yield DATA, register_json(register)
    yield from last
