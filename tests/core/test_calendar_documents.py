"""Documents of kind `calendar`: what reads, in which canonical form, and what is refused with which words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from licet.core.cases.calendar import Override
from licet.core.cases.shape.calendar import zone
from licet.core.errors import Problem
from licet.core.form import Shape
from licet.core.resolve import resolve
from licet.core.shape import shape
from licet.core.shaping import Refused, Shaping

PLAIN = {"calendar": "c@1", "title": "A calendar", "sources": ["a law"], "as_of": "2026-06-01", "country": "US"}
DAY = {"day": "2026-06-15", "holiday": True, "why": "closed", "source": "an order"}


def problems(**changed: Any) -> tuple[Problem, ...]:
    return shape(7, PLAIN | changed, lambda _, __: None)[1]


def test_a_calendar_becomes_a_value() -> None:
    tree = PLAIN | {"weekend": ["sunday", "friday"], "overrides": [DAY, DAY | {"day": "2026-06-12", "holiday": False}]}
    draft, wrong = shape(0, tree, lambda _, __: None)
    assert draft is not None
    assert not wrong
    documents, wrong = resolve([draft], lambda _: "sha256:0")
    calendar = documents.calendars["c@1"]
    assert not wrong
    assert calendar.weekend == {4, 6}
    assert calendar.categories == ("public",)
    assert calendar.subdivision is None
    assert calendar.as_of == date(2026, 6, 1)
    assert calendar.source == ("a law",)
    assert calendar.overrides == (
        Override(date(2026, 6, 12), False, "closed", "an order"),
        Override(date(2026, 6, 15), True, "closed", "an order"),
    )


def test_the_canonical_form_has_defaults_and_the_order_of_the_week_and_of_the_days() -> None:
    draft, _ = shape(0, PLAIN | {"weekend": ["sunday", "friday"], "overrides": [DAY]}, lambda _, __: None)
    plain, _ = shape(0, PLAIN, lambda _, __: None)
    assert draft is not None
    assert plain is not None
    assert draft.tree["weekend"] == ["friday", "sunday"]
    assert plain.tree["weekend"] == ["saturday", "sunday"]
    assert plain.tree["categories"] == ["public"]


@pytest.mark.parametrize(
    ("changed", "path", "message"),
    [
        ({"as_of": "2026-02-30"}, ("as_of",), "`2026-02-30` is no day: day is out of range for month"),
        ({"as_of": "20260601"}, ("as_of",), "`20260601` is not allowed here; allowed: a day, as in `2026-06-12`"),
        ({"as_of": "2026-W23-1"}, ("as_of",), "`2026-W23-1` is not allowed here; allowed: a day, as in `2026-06-12`"),
        ({"as_of": 2026}, ("as_of",), "`2026` is not allowed here; allowed: a day, as in `2026-06-12`"),
        (
            {"country": "us"},
            ("country",),
            "`us` is not allowed here; allowed: a country's code of two letters (ISO 3166-1), as in `US`",
        ),
        (
            {"weekend": ["caturday"]},
            ("weekend", 0),
            "`caturday` is not allowed here; allowed: a list of `monday` to `sunday`, each once",
        ),
        ({"weekend": ["sunday", "sunday"]}, ("weekend", 1), "`sunday` is listed twice"),
        (
            {"weekend": []},
            ("weekend",),
            "a list is not allowed here; allowed: a list of `monday` to `sunday`, each once",
        ),
        (
            {"weekend": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
            ("weekend",),
            "all seven weekdays: there would be no working day; leave one out",
        ),
        ({"overrides": [DAY, DAY]}, ("overrides", 1, "day"), "`2026-06-15` is set twice"),
        (
            {"overrides": [DAY | {"holiday": "yes"}]},
            ("overrides", 0, "holiday"),
            "`yes` is not allowed here; allowed: `true` or `false`",
        ),
        (
            {"overrides": [DAY | {"half": True}]},
            ("overrides", 0, "half"),
            "unknown key `half`; allowed: `day`, `holiday`, `source`, `why`",
        ),
        (
            {"overrides": [{"day": "2026-06-15", "holiday": True, "why": "closed"}]},
            ("overrides", 0),
            "`source` is missing; needed: a list of days, each a mapping with `day`, `holiday`, `why`, `source`",
        ),
        (
            {"overrides": []},
            ("overrides",),
            "a list is not allowed here; allowed: " + Shape.OVERRIDES.value,
        ),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(
    changed: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    found = problems(**changed)
    assert [(each.document, each.path, each.message) for each in found] == [(7, path, message)]


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Brussels", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_zone_reads(name: str) -> None:
    assert zone(Shaping(0, lambda _, __: None), ("zone",), name) == name


@pytest.mark.parametrize(
    "name", ["EST", "+02:00", "../etc/passwd", "europe/brussels", "Europe/", "", 5, None, "A/../B"]
)
def test_what_is_no_zone_is_refused(name: object) -> None:
    shaping = Shaping(0, lambda _, __: None)
    with pytest.raises(Refused):
        zone(shaping, ("zone",), name)
    assert "a time zone's name, as in `America/New_York`" in shaping.problems[0].message


def test_a_zone_that_the_machine_does_not_know_is_refused() -> None:
    shaping = Shaping(0, lambda _, __: None)
    with pytest.raises(Refused):
        zone(shaping, ("zone",), "Europe/Atlantis")
    assert shaping.problems[0].message == "there is no time zone `Europe/Atlantis` in the tz database of this machine"
