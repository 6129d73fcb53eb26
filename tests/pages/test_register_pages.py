"""The register's pages: readable by everybody, self-contained but for one stylesheet, every link leads somewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from tests.pages.reading import Reading, headings, named_by_others, read, tables
from tests.services import register_world as world

from licet.adapters.store_memory import MemoryStore
from licet.core.cases.register.places import case_place
from licet.services.cases.register.seeing import seen

HOSTILE = (
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)" x=\'',
    "</dd></dl></main><h1>",
    "a\u202egnp.exe\u2066",
    "nul\x00 bell\x07 escape\x1b[31m",
    "W" * 2_000,
    "{{ 7 * 7 }}{% raw %}",
)


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    world.published(world.world(), folder)
    return folder


def pages(folder: Path) -> dict[str, Reading]:
    return {place: read(each.decode()) for place, each in world.files(folder).items() if place.endswith(".html")}


def test_every_page_is_well_formed_and_in_order(folder: Path) -> None:
    for place, reading in pages(folder).items():
        ids = [value for each in reading.elements if (value := each.attributes.get("id")) is not None]
        assert len(ids) == len(set(ids)), place
        named_by_others(reading, set(ids))
        headings(reading)
        if not any(each.attributes.get("class") == "drawing" for each in reading.elements):
            tables(reading)  # a diagram scrolls in a region of its own
        assert reading.all("html")[0].attributes["lang"] == "en-GB"
        assert len(reading.all("main")) == len(reading.all("footer")) == 1
        skip = next(each for each in reading.all("a"))
        assert skip.attributes["href"] == "#content" and skip.text == "Skip to the content"
        assert all(each.attributes.get("aria-label") for each in reading.all("nav"))


def test_nothing_is_loaded_but_the_stylesheet_and_nothing_runs(folder: Path) -> None:
    for place, reading in pages(folder).items():
        assert not reading.all("script", "iframe", "object", "embed", "base", "form", "img", "style") or all(
            each.tag == "style" and "svg" in each.path for each in reading.all("style")
        ), place
        (policy,) = [each for each in reading.all("meta") if each.attributes.get("http-equiv")]
        said = policy.attributes["content"] or ""
        assert "default-src 'none'" in said and "style-src 'self'" in said and "script" not in said
        assert not any(
            name.startswith("on") or name == "style" for each in reading.elements for name in each.attributes
        )


def test_every_link_leads_to_a_page_and_an_anchor_that_are_there(folder: Path) -> None:
    files, read_ = world.files(folder), pages(folder)
    followed = 0
    for place, reading in read_.items():
        for each in reading.all("a", "link"):
            address = each.attributes["href"] or ""
            if address.startswith(("https://", "http://")):
                assert "noopener" in (each.attributes["rel"] or "")
                continue
            target, _, anchor = unquote(address).partition("#")
            to = normpath(join(dirname(place), target)) if target else place
            assert to in files, (place, address)
            if anchor:
                assert any(one.attributes.get("id") == anchor for one in read_[to].elements), (place, address)
            followed += 1
    assert followed > 500


def test_the_front_page_says_what_is_overdue_first(folder: Path) -> None:
    reading = read((folder / "index.html").read_text())
    assert [each.text for each in reading.all("h2")][:2] == ["Overdue", "Times against the clocks"]
    assert reading.all("dt")[0].text == "overdue now"
    assert len(reading.all("svg")) >= 4


def test_a_decision_has_its_six_elements_and_its_criteria(folder: Path) -> None:
    found = next(each for each in pages(folder).values() if "Decisions" in [one.text for one in each.all("h2")])
    said = [each.text for each in found.all("dt")]
    for element in ("The decision", "The statutory and regulatory basis", "The specific considerations"):
        assert element in said
    for element in ("What change would allow reconsideration", "A named official", "How to appeal"):
        assert element in said


def hostile(text: str, tmp_path: Path) -> Path:
    """A register whose parties and public fields are this text."""
    procedure, entries = next(each for each in world.walked() if each[0].name.startswith("customer_approval"))
    made = tuple(
        replace(each, party=text, fields={name: _text(v, text) for name, v in each.fields.items()}) for each in entries
    )
    store = MemoryStore()
    world.fill(store, [(procedure, made)])
    world.published(store, tmp_path)
    return tmp_path


def _text(value: object, text: str) -> object:
    return text if isinstance(value, str) and value.startswith("text") else value


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_stays_a_text(text: str, tmp_path: Path) -> None:
    for reading in pages(hostile(text, tmp_path)).values():
        assert not reading.all("script")
        assert not any("onmouseover" in each.attributes for each in reading.elements)
        assert "\u202e" not in reading.text and "\x1b" not in reading.text


def test_a_case_page_has_no_instant_of_its_own(folder: Path, tmp_path: Path) -> None:
    """So that a page changes when its case does, and not every time."""
    store = MemoryStore()
    world.fill(store, [each for each in world.walked() if not each[1][-1].event.startswith("x")][:6])
    world.published(store, tmp_path)
    before = {place: each for place, each in world.files(tmp_path).items() if place.startswith("cases/")}
    world.published(store, tmp_path, now=world.NOW.replace(hour=23))
    after = {place: each for place, each in world.files(tmp_path).items() if place.startswith("cases/")}
    assert before == after
    _, shown = seen(world.sight(store), next(world.stored(store)))
    assert "as_of" not in shown.public and case_place(shown.id) in before
