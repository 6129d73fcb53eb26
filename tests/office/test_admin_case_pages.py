"""Long lists of cases over HTTP: page by page, counted and chosen at the office, and links from their target."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.office.test_admin_cases import Desk, _token, desk  # noqa: F401 - a fixture

from licet.adapters.admin_client.cases import RemoteCases
from licet.core.cases.case import Link
from licet.core.cases.entry import ClockKey, Entry
from licet.office.admin.cases import PAGE
from licet.services.cases.ports import CaseRow, DuePlace, DueRow, Linked, Opened, Opening, place_of
from licet.services.cases.replies import due_tree, linked_from, linked_tree, place_from, place_text, row_tree

if TYPE_CHECKING:
    from licet.services.ports import Store

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
MANY = PAGE + 50
ROW = CaseRow("C-1", "application", "p@1", "filed", False, "Fable", "acme", NOW, NOW, 1, None)


def due(clock: str, minutes: int) -> DueRow:
    at = NOW + timedelta(minutes=minutes)
    return DueRow(
        "C-1", ClockKey(clock, 1, 2), "Decide", "clerk" if minutes % 2 else "judge", at, at, bool(minutes % 3), ""
    )


def opened(number: int) -> Opened:
    entry = Entry(1, "file", "clerk", "ann", NOW, NOW, {})
    row = ROW._replace(party="zeta" if number == 7 else "acme", parent="C-1", final=number % 5 == 0)
    links = (Link("part of", "C-1"), *([Link("concerns", "C-1")] if number == 3 else []))
    return Opened(Opening("sha256:" + "1" * 64, entry, b"b" * 32), row, (due("a~b", number), due("c", 0)), links=links)


@pytest.fixture
def both(desk: Desk) -> tuple[Store, Any]:  # noqa: F811 - the fixture
    """The store of an office with many cases, and the same store as the office tells it."""
    here = desk.running.store
    here.open_cases([opened(number) for number in range(MANY)], [], actor="ann", at=NOW)
    return here, desk.office("ann").store


def test_every_page_of_a_list_comes_in_order(both: tuple[Store, Any]) -> None:
    here, there = both
    assert there.case_rows() == here.case_rows()
    assert there.case_rows(limit=PAGE + 7) == here.case_rows(limit=PAGE + 7)
    assert there.due_rows() == here.due_rows()
    assert len(there.due_rows()) == 2 * MANY
    assert there.due_rows(limit=PAGE + 7) == here.due_rows(limit=PAGE + 7)
    middle = place_of(here.due_rows()[MANY + 9])
    assert there.due_rows(after=middle, limit=9) == here.due_rows(after=middle, limit=9)
    names = [each.case for each in here.case_rows()]
    assert there.due_rows(cases=names, owner="clerk") == here.due_rows(owner="clerk")
    assert there.case_rows(cases=names[5:]) == here.case_rows()[5:]
    assert there.linked_to(["C-1"]) == here.linked_to(["C-1"])
    assert len(there.linked_to(["C-1"])) == MANY + 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.case_rows(party="zeta"),
        lambda store: store.case_rows(overdue=NOW + timedelta(minutes=30), is_open=False, limit=4),
        lambda store: store.case_rows(cases=["C-9", "C-2", "C-9999"]),
        lambda store: store.case_rows(cases=[]),
        lambda store: store.case_counts(),
        lambda store: store.case_counts(is_open=True, parent="C-1", overdue=NOW),
        lambda store: store.case_counts(topic="appeal"),
        lambda store: store.due_rows(owner="judge", fires=False, until=NOW + timedelta(minutes=60)),
        lambda store: store.due_rows(cases=["C-4", "C-2"]),
        lambda store: store.due_rows(cases=[]),
        lambda store: store.due_count(),
        lambda store: store.due_count(until=NOW, owner="clerk"),
        lambda store: store.due_count(cases=[f"C-{number}" for number in range(1, 700)]),
        lambda store: store.linked_to(["C-1"], relation="concerns"),
        lambda store: store.linked_to(["C-2", "C-1"], relation="part of", after="C-5", limit=3),
        lambda store: store.linked_to(["C-9"]),
        lambda store: dict(store.link_counts("C-1")),
        lambda store: dict(store.link_counts("C-99999")),
    ],
)
def test_the_office_tells_what_its_store_says(both: tuple[Store, Any], ask: Callable[[Any], Any]) -> None:
    here, there = both
    assert ask(there) == ask(here)


def test_an_answer_is_bounded_and_says_how_much_there_is(desk: Desk, both: tuple[Store, Any]) -> None:  # noqa: F811
    assert both[1].due_count() == 2 * MANY
    with closing(desk.running.client()) as http:
        token = {"authorization": f"Bearer {_token(desk)}"}

        def got(path: str) -> Any:
            return http.get(f"/admin/v1{path}", headers=token).json()

        due_now = got(f"/clocks?until={NOW.isoformat().replace('+', '%2B')}")
        assert (len(due_now["due"]), due_now["total"], due_now["overdue"]) == (PAGE, MANY + 1, MANY + 1)
        following = got(f"/clocks?limit=2&after={due_now['next'].replace('+', '%2B')}")
        assert following["due"][0]["case"] == f"C-{PAGE}"
        assert got("/clocks?limit=1")["next"] is not None
        assert got("/clocks?cases=C-2")["next"] is None
        case = got("/case-counts?parent=C-1&open=false")
        assert case["total"] == case["counts"][0]["cases"] == MANY // 5
        assert len(got("/links?target=C-1&relation=part+of")["links"]) == PAGE
        assert got("/links?target=C-1") == {"links": [], "next": None, "counts": {"concerns": 1, "part of": MANY}}


@pytest.mark.parametrize(
    "path",
    [
        "/clocks?after=C-1",
        "/clocks?after=2026-06-12T21:21:00~C-1~1~0~a",
        "/clocks?after=2026-06-12T21:21:00Z~C-1~x~0~a",
        "/clocks?after=2026-06-12T21:21:00Z~C-1~1234567890~0~a",
        "/clocks?fires=perhaps",
        "/cases?overdue=now",
        "/case-counts?open=x",
        "/links?relation=appeals",
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(desk: Desk, path: str) -> None:  # noqa: F811 - the fixture
    with closing(desk.running.client()) as http:
        said = http.get(f"/admin/v1{path}", headers={"authorization": f"Bearer {_token(desk)}"})
    assert (said.status_code, said.json()["code"]) == (400, "malformed_query")


def test_a_place_is_read_as_it_was_written() -> None:
    place = place_of(due("a~b", 3))
    assert place_from(place_text(place)) == place == DuePlace(place.due, "C-1", ClockKey("a~b", 1, 2))
    link = Linked("part of", "C-9", ROW)
    assert linked_from(json.loads(json.dumps(linked_tree(link)))) == link


class Lying(RemoteCases):
    """What the client makes of an office that answers with these pages, one after the other."""

    def __init__(self, *pages: Any) -> None:
        self.pages = list(pages)
        self._wire: Any = self

    def get(self, _path: str, read: Callable[[Any], Any], **_query: str) -> Any:
        return read(self.pages.pop(0))


def page(name: str, *trees: Any, following: str | None = None) -> dict[str, Any]:
    return {name: list(trees), "next": following}


def row(case: str) -> dict[str, Any]:
    return row_tree(ROW._replace(case=case))


def deadline(minutes: int) -> dict[str, Any]:
    return due_tree(due("a", minutes), NOW)


def place(minutes: int) -> str:
    return place_text(place_of(due("a", minutes)))


LINK = linked_tree(Linked("appeals", "C-1", ROW._replace(case="C-2")))


@pytest.mark.parametrize(
    ("pages", "ask"),
    [
        ([page("cases", row("C-2"), row("C-1"))], lambda at: at.case_rows()),
        ([page("cases", row("C-2"), following="C-2"), page("cases", row("C-2"))], lambda at: at.case_rows()),
        ([page("cases", row("C-2"), following="C-9")], lambda at: at.case_rows()),
        ([page("cases", following="C-9")], lambda at: at.case_rows()),
        ([page("due", deadline(2), deadline(1))], lambda at: at.due_rows()),
        ([page("due", deadline(2), following=place(2)), page("due", deadline(2))], lambda at: at.due_rows()),
        ([page("due", deadline(2), following=place(3))], lambda at: at.due_rows()),
        ([page("due", following=place(3))], lambda at: at.due_rows()),
        ([page("links", LINK)], lambda at: at.linked_to(["C-3"], relation="appeals")),
        ([page("links", LINK)], lambda at: at.linked_to(["C-1"], relation="follows")),
        ([page("links", LINK, LINK)], lambda at: at.linked_to(["C-1"], relation="appeals")),
    ],
)
def test_pages_that_do_not_go_on_are_not_believed(pages: list[Any], ask: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError):
        ask(Lying(*pages))
