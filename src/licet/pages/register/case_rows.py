"""What most of a case's page is made of, as HTML at once: its deadlines, what happened, and what is withheld.

There are a hundred rows of these on a page. What the words of a procedure make of a row is remembered, since it is the
same on page after page; every text is made visible and escaped on its way in (`rows.plain`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from licet.core.cases.clock import Running
from licet.core.cases.register.shown import Hidden, ShownDeadline, ShownEntry, ShownShift
from licet.pages.blocks import Column, Table, Text
from licet.pages.look import NOTHING, block, cell, stamp, told
from licet.pages.number import instant, whole
from licet.pages.register.case_frame import Part
from licet.pages.register.frame import OVERDUE_MARK, worded
from licet.pages.register.sentences import capital, lower
from licet.pages.role import Role
from licet.pages.rows import filled, plain
from licet.pages.words import Mark, Names

STANDS = {
    Running.RUNNING: Mark(Role.UNCHANGED, "running"),
    Running.TOLLED: Mark(Role.UNKNOWN, "tolled: time does not count"),
    Running.MET: Mark(Role.PROVED, "met"),
    Running.MISSED: Mark(Role.REFUTED, "missed"),
    Running.STOPPED: Mark(Role.UNCHANGED, "stopped"),
}

WHOLE = (
    "This is the public version. The digest is of the whole case, with what is withheld and 32 bytes that nobody can"
    " guess: whoever is shown the whole can check that it is this one."
)

END = "\n\n"
"""What follows a block in a section."""


def _table(name: str, caption: str, *titles: str) -> Table:
    return Table(name, caption, tuple(map(Column, titles)), (), stacks=True)


DEADLINES = _table(
    "deadline-table",
    "Each start of each clock",
    *("Clock", "How it stands", "Who has to act", "Started", "Due", "Ended", "Not counted"),
)
WITHHELD = _table("withheld-table", "What is withheld from this page", "Where", "What", "Class", "Why it is withheld")


def deadlines(found: Sequence[ShownDeadline]) -> Iterable[Part]:
    """The deadlines, what is overdue first, then what runs."""
    if found:
        ordered = sorted(found, key=lambda each: (not each.overdue, not each.is_open, each.started_by))
        yield Part("deadlines", "Deadlines", filled(DEADLINES, [deadline(each) for each in ordered]) + END)


def deadline(each: ShownDeadline) -> str:
    """The row of a deadline."""
    head = _standing(each.title, each.because, each.overdue, each.running, each.owner)
    if each.hidden is not None or each.started is None:
        started = due = cell(worded(each.hidden))
    else:
        started = stamp(whole(each.started))
        due = cell("not while it is tolled: that has no cap") if each.due is None else stamp(whole(each.due))
    ended = NOTHING if each.ended is None else stamp(whole(each.ended))
    return (
        f'<tr>\n{head}<td data-title="Started">{started}</td>\n<td data-title="Due">{due}</td>\n'
        f'<td data-title="Ended">{ended}</td>\n<td data-title="Not counted">{not_counted(each)}</td>\n</tr>\n'
    )


@lru_cache(maxsize=4_096)
def _standing(title: str, because: str, overdue: bool, running: Running, owner: str) -> str:
    name = f"{title} ({because})" if because else title
    mark = OVERDUE_MARK if overdue else STANDS[running]
    return (
        f'<th scope="row">{cell(name)}</th>\n<td data-title="How it stands">{cell(mark)}</td>\n'
        f'<td data-title="Who has to act">{cell(owner)}</td>\n'
    )


def not_counted(each: ShownDeadline) -> str:
    """The stretches of days in which a clock did not run."""
    if not each.tolled:
        return NOTHING
    return cell(Names(tuple([f"{why}, {span(since, until)}" for why, since, until in each.tolled])))


def span(since: object, until: object) -> str:
    """A stretch of days."""
    first, last = str(since)[:10], "now" if until is None else str(until)[:10]
    return f"{first} to {last}"


def story(entries: Iterable[ShownEntry]) -> str:
    """What happened, one entry after the other."""
    return f'<ol class="timeline">\n{"".join([moment(each) for each in entries])}</ol>\n{END}'


def moment(entry: ShownEntry) -> str:
    """What an entry says."""
    said = [_note(each.meaning, each.value) for each in entry.fields]
    if isinstance(entry.who, Hidden):
        said.insert(0, _note("Who did it", entry.who))
    if entry.late is not None:
        said.append(_note("Why it was recorded late", entry.late))
    notes = f'<dl class="pairs">\n{"".join(said)}</dl>\n' if said else ""
    sentences = "".join([_sentence(each) for each in remarks(entry)])
    return (
        f'<li id="entry-{entry.number}">\n<p class="when">{stamp(whole(entry.happened))}</p>\n'
        f"{_what(entry.title, who(entry))}{sentences}{notes}</li>\n"
    )


@lru_cache(maxsize=4_096)
def _what(title: str, by: str) -> str:
    return f'<p class="what"><strong>{plain(title)}</strong> <span class="who"><bdi>{plain(by)}</bdi></span></p>\n'


def remarks(entry: ShownEntry) -> Iterable[str]:
    """What there is to say of an entry beside its fields, in sentences."""
    if entry.before != entry.after:
        yield f"It is now: {lower(entry.after)}."
    if entry.backdated:
        yield f"It was recorded later, at {instant(whole(entry.at))}."
    if entry.overtaken:
        yield "It has no effect: a later record shows that the clock had not run out."
    for each in entry.shifts:
        yield shifted(each)
    if entry.exhibits:
        yield f"Documents attached: {entry.exhibits}."


def shifted(each: ShownShift) -> str:
    """What a late entry changed of a deadline."""
    if isinstance(each.after, Hidden):
        return f"It changed the deadline of: {each.clock}; how is withheld."
    return f"By it the deadline of: {each.clock} is {each.after}; without it, it was {each.before}."


def who(entry: ShownEntry) -> str:
    """Who did it: the role, and the party where it may be named."""
    return f"{entry.role}: {entry.who}" if isinstance(entry.who, str) else entry.role


@lru_cache(maxsize=4_096)
def _sentence(said: str) -> str:
    return f'<p class="note">{told(said)}</p>\n'


def _note(meaning: str, value: object) -> str:
    if isinstance(value, Hidden):
        return _hidden_note(meaning, value)
    return f"{_named(meaning)}{cell(worded(value))}</dd></div>\n"


@lru_cache(maxsize=4_096)
def _named(meaning: str) -> str:
    return f"<div><dt>{plain(capital(meaning))}</dt> <dd>"


@lru_cache(maxsize=4_096)
def _hidden_note(meaning: str, hidden: Hidden) -> str:
    return f"<div><dt>{plain(capital(meaning))}</dt> <dd>{cell(worded(hidden))}</dd></div>\n"


def withheld(found: Sequence[tuple[int, str, Hidden]]) -> Iterable[Part]:
    """What is not shown, where it stands, its class, and why."""
    if found:
        rows = [f"<tr>\n{_where(number)}{_not_shown(what, of)}" for number, what, of in found]
        yield Part("withheld", "What is withheld", _about_whole() + filled(WITHHELD, rows) + END)


def _where(number: int) -> str:
    return f'<th scope="row"><a href="#entry-{number}"><bdi>entry {number}</bdi></a></th>\n'


@lru_cache(maxsize=4_096)
def _not_shown(what: str, hidden: Hidden) -> str:
    return (
        f'<td data-title="What">{cell(what)}</td>\n'
        f'<td data-title="Class">{cell(Mark(Role.UNKNOWN, hidden.secrecy))}</td>\n'
        f'<td data-title="Why it is withheld">{cell(hidden.why)}</td>\n</tr>\n'
    )


@lru_cache(maxsize=1)
def _about_whole() -> str:
    return block(Text((WHOLE,)))
