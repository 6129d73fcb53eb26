"""The page of a case, put together by hand: what the templates would write of the same values, to the byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

import pytest
from tests.pages.test_register_pages import HOSTILE
from tests.services import register_world as world

from licet.core.cases.register.shown import Hidden, ShownCase, ShownDeadline, ShownEntry
from licet.core.rulebook import BEGINNING
from licet.pages import look
from licet.pages.blocks import Moment, Note, Page, Pairs, Section, Site, Text, Timeline
from licet.pages.register import case_rows as rows
from licet.pages.register.case import case_page, drawn
from licet.pages.register.case_frame import DATA, LEAD, TITLE, Shared, framed
from licet.pages.register.frame import ABOUT, OVERDUE_MARK, worded
from licet.pages.register.sentences import capital
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Names, Within, Word
from licet.services.cases.register.seeing import seen
from licet.wire.register import instant

TEXTS = (*HOSTILE, "plain", "`code` in it", TITLE, DATA, f"<p>{LEAD}</p>", "")


@cache
def shown() -> tuple[ShownCase, ...]:
    store = world.world()
    sight = world.sight(store)
    return tuple(seen(sight, each)[1] for each in world.stored(store))


@pytest.mark.parametrize("text", TEXTS)
def test_a_page_is_what_the_template_makes_of_it(text: str) -> None:
    pairs = Pairs((("Name", text), ("Code", Code(text or "x")), ("All", Names((text, "more", None))), ("None", None)))
    sections = (Section("one", "One", (Text((text or "said",)), pairs)), Section("two", "Two", (pairs,)))
    trail = (Within("../../index.html", ABOUT), Within("../../procedures/a@1.html", text))
    site = Site("../../", trail=trail, data="cases/0/C-1.json")
    page = Page(ABOUT, text or "x", (text, "again"), (), sections, site=site)
    parts = [drawn(each) for each in sections]
    shared = Shared("../../", "procedures/a@1.html", (("one", "One"), ("two", "Two")))
    by_hand = framed(shared, text or "x", text, (text, "again"), "../../cases/0/C-1.json", parts)
    assert by_hand == look.render(page)


def in_template(block: object) -> str:
    return str(look.TEMPLATES.get_template("blocks.html.j2").make_module().block(block)) + "\n"  # type: ignore[attr-defined]


def row_of(each: ShownDeadline) -> tuple[Word, ...]:
    hidden = None if each.hidden is None else worded(each.hidden)
    return (
        f"{each.title} ({each.because})" if each.because else each.title,
        OVERDUE_MARK if each.overdue else rows.STANDS[each.running],
        each.owner,
        hidden or each.started,
        hidden or each.due or "not while it is tolled: that has no cap",
        each.ended,
        Names(tuple(f"{why}, {rows.span(since, until)}" for why, since, until in each.tolled)) if each.tolled else None,
    )


def moment_of(each: ShownEntry) -> Moment:
    notes = [Note(capital(one.meaning), worded(one.value)) for one in each.fields]
    if isinstance(each.who, Hidden):
        notes.insert(0, Note("Who did it", worded(each.who)))
    if each.late is not None:
        notes.append(Note("Why it was recorded late", worded(each.late)))
    return Moment(
        f"entry-{each.number}", each.happened, each.title, rows.who(each), tuple(notes), tuple(rows.remarks(each))
    )


def test_rows_are_what_the_template_makes_of_their_values() -> None:
    found = 0
    for case in shown():
        for part in rows.deadlines(case.deadlines):
            ordered = sorted(case.deadlines, key=lambda each: (not each.overdue, not each.is_open, each.started_by))
            assert part.html == in_template(replace(rows.DEADLINES, rows=tuple(map(row_of, ordered))))
            found += 1
        assert rows.story(case.entries) == in_template(Timeline(tuple(map(moment_of, case.entries))))
        for part in rows.withheld(case.withheld):
            cells = tuple(
                (Within(f"#entry-{n}", f"entry {n}"), what, Mark(Role.UNKNOWN, of.secrecy), of.why)
                for n, what, of in case.withheld
            )
            assert part.html.endswith(in_template(replace(rows.WITHHELD, rows=cells)))
            found += 1
    assert found > 20


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_a_case_says_its_rows_are_escaped(text: str) -> None:
    case = next(each for each in shown() if each.deadlines and any(one.fields for one in each.entries))
    hidden = Hidden("personal", text)
    clock = case.deadlines[0]._replace(title=text, because=text, owner=text, hidden=hidden)
    (part,) = rows.deadlines([clock])
    assert part.html == in_template(replace(rows.DEADLINES, rows=(row_of(clock),)))
    entry = next(each for each in case.entries if each.fields)
    field = entry.fields[0]
    said = (field._replace(meaning=text, value=text), field._replace(value=[text]), field._replace(value=hidden))
    told = entry._replace(title=text, role=text, who=text, before="a", after=text, fields=said, late=text)
    assert rows.story([told]) == in_template(Timeline((moment_of(told),)))


@pytest.mark.parametrize("offset", [0, 60, -240, 345, 840])
def test_an_instant_by_hand_is_the_one_of_every_other_page(offset: int) -> None:
    zone = timezone(timedelta(minutes=offset)) if offset else UTC
    days = [datetime(2026, 6, 12, hour, 5, 9, tzinfo=zone) for hour in range(24)]
    rims = [BEGINNING, datetime(1, 1, 1, 3, tzinfo=zone), datetime(9999, 12, 31, 22, tzinfo=zone)]
    parts = [datetime(2026, 6, 12, 1, 2, 3, 456, tzinfo=zone)]
    for at in (*days, *rims, *parts):
        assert look.stamp(at) == str(look.instant(at))


def test_pages_are_to_the_second_and_the_json_is_not() -> None:
    exact = timedelta(microseconds=123_456)
    for case in shown():
        entries = tuple(each._replace(at=each.at + exact, happened=each.happened + exact) for each in case.entries)
        deadlines = tuple(
            each._replace(
                started=each.started and each.started + exact,
                due=each.due and each.due + exact,
                ended=each.ended and each.ended + exact,
                overdue=True,
            )
            for each in case.deadlines
        )
        decisions = tuple(replace(each, at=each.at + exact) for each in case.decisions)
        owed = tuple(each._replace(due=each.due and each.due + exact) for each in case.obligations)
        made = replace(case, entries=entries, deadlines=deadlines, decisions=decisions, obligations=owed)
        made = replace(made, opened=case.opened + exact, updated=case.updated + exact, erased=case.updated + exact)
        assert b".123456" not in case_page(made)
        assert ".123456" in str(instant(made.erased))
