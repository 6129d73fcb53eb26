"""What all pages of the register share: where they are, what is above them, and how places become addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from licet.core.cases.register.places import DATA, INDEX
from licet.core.cases.register.shown import Hidden
from licet.pages import look
from licet.pages.blocks import Figure, Page, Section, Site
from licet.pages.role import Role
from licet.pages.words import Mark, Withheld, Within, Word

ABOUT = "Public register"
ROOT = "../"


def root_of(place: str) -> str:
    """How a page gets to the root of the register."""
    return ROOT * place.count("/")


def to(place: str, target: str, text: str) -> Within:
    """From a page to another place of the register."""
    return Within(root_of(place) + target, text)


def render(
    place: str,
    title: str,
    lead: Sequence[str],
    sections: Sequence[Section],
    *,
    figures: Sequence[Figure] = (),
    trail: Sequence[tuple[str, str]] = (),
    turns: Sequence[Within] = (),
    feed: str | None = None,
    data: str | None = None,
) -> bytes:
    """A page of the register as a file. `trail`: the places above it, with what they are called."""
    above = [to(place, INDEX, ABOUT)] if place != INDEX else []
    site = Site(
        root=root_of(place),
        trail=(*above, *(to(place, target, text) for target, text in trail)),
        turns=tuple(turns),
        feed=feed,
        data=data or (DATA if place == INDEX else None),
    )
    page = Page(ABOUT, title, tuple(lead), tuple(figures), tuple(sections), site=site)
    return look.render(page).encode()


def day(at: datetime | None) -> str | None:
    """The day of an instant, as it was written."""
    return None if at is None else at.date().isoformat()


def worded(value: object) -> Word:
    """A value of a field, however it is made, or that it is withheld."""
    match value:
        case Hidden(secrecy, why):
            return Withheld(secrecy, why)
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return value
        case None:
            return "not given"
        case list() | tuple():
            return "; ".join(flat(each) for each in value) or "none"
        case _:
            return flat(value)


def flat(value: object) -> str:
    """A value within another, on one line."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{name}: {flat(each)}" for name, each in value.items())
        case list() | tuple():
            return "; ".join(flat(each) for each in value)
        case None:
            return "not given"
        case _:
            return str(value)


OVERDUE_MARK = Mark(Role.REFUTED, "overdue")
