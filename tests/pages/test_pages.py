"""Every kind of page: well-formed, self-contained, readable by everybody, the same every time, and whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tests.pages import june
from tests.pages.reading import check, read

from licet.core.preview import Moment, Preview, Row, Touched
from licet.pages import difference, drill, preview, proof, review

ROOT = Path(__file__).parents[2]
FACTS = "citizenships, org, staff, us_citizen or us_organised"
TITLE = "Suspension of Fable 5 and Mythos 5"
PAGES: dict[str, Callable[[], str]] = {
    "preview": lambda: preview.page(june.PREVIEW, title=TITLE, instruments=june.DRAFT),
    "nothing": lambda: preview.page(june.EMPTY, title=TITLE),
    "difference": lambda: difference.page(june.DIFFERENCES, june.SENTENCES, title=TITLE),
    "proof": lambda: proof.page(june.PROOFS, title=TITLE),
    "no proof": lambda: proof.page((), title=TITLE),
    "drill": lambda: drill.page(june.DRILL, title=TITLE),
    "review": lambda: review.page(
        june.PREVIEW,
        june.DIFFERENCES,
        june.PROOFS,
        title=TITLE,
        draft=june.DRAFT,
        sentences=june.SENTENCES,
        checks=june.REVIEW,
    ),
    "review of nothing": lambda: review.page(None, None, (), title=TITLE),
}


@pytest.fixture(params=PAGES, name="page")
def _page(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


def test_a_page_is_well_formed_and_needs_nothing_else(page: str) -> None:
    assert TITLE in check(page).text


@pytest.mark.parametrize("name", PAGES)
def test_the_same_values_give_the_same_page(name: str) -> None:
    assert PAGES[name]() == PAGES[name]()


def test_the_same_page_on_another_machine() -> None:
    """Another time zone, another order of sets, another folder."""
    code = "from tests.pages.test_pages import PAGES; import sys; sys.stdout.buffer.write(PAGES['review']().encode())"
    environment = {**os.environ, "TZ": "Asia/Kolkata", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    there = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert there.stdout.decode() == PAGES["review"]()


def test_a_review_says_everything_on_one_page() -> None:
    text = check(PAGES["review"]()).text
    assert "It widens access" in text and "✕ serious" in text and "! warning" in text
    assert all(each.sentence in text for each in june.REVIEW.findings)
    assert all(each.name in text and each.digest in text for each in june.DRAFT)
    assert all(each.property.name in text for each in june.PROOFS)


def test_nothing_is_loaded_or_run_and_only_our_style_applies(page: str) -> None:
    reading = read(page)
    (policy,) = [each for each in reading.all("meta") if each.attributes.get("http-equiv")]
    (style,) = reading.all("style")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    assert (policy.attributes["content"] or "").split("; ") == [
        "default-src 'none'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        f"style-src 'sha256-{digest}'",
    ]
    assert reading.elements.index(policy) < reading.elements.index(style)


def test_a_page_is_for_light_for_dark_and_for_paper(page: str) -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in page
    assert "@media print" in page
    assert ":focus-visible" in page
    colours = {each.attributes.get(name) for each in read(page).elements for name in ("fill", "stroke")}
    assert all(colour is None or colour == "none" or colour.startswith("var(--") for colour in colours), colours


def test_charts_are_drawn_without_a_complaint(capfd: pytest.CaptureFixture[str]) -> None:
    for make in PAGES.values():
        page = make()
        assert all(each.text for each in read(page).all("svg"))
    assert capfd.readouterr() == ("", "")


def figures(value: object) -> set[str]:
    """Every number in a value, as it is written for people."""
    match value:
        case bool() | str() | None:
            return set()
        case int():
            return {f"{value:,}"}
        case float():
            return {f"{value:,.3f}".rstrip("0").rstrip(".")}
        case _:
            return set().union(*(figures(each) for each in value)) if isinstance(value, tuple) else set()


def numbers_of(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?", text))


def test_every_number_of_a_preview_is_on_its_page() -> None:
    value = june.PREVIEW
    rows = [(row.subjects, row.streams, row.requests) for row in value.rows]
    wanted = set().union(*map(figures, rows), *(figures((each.subjects,)) for each in value.organisations))
    wanted |= set().union(*(figures((each.loses, each.gains, each.substituted)) for each in value.moments))
    wanted |= figures((value.epoch, value.accounts, value.classes, value.journal_days))
    wanted |= {f"{number:,}" for _, number in value.kinds}
    text = read(PAGES["preview"]()).text
    assert wanted <= numbers_of(text), wanted - numbers_of(text)
    assert "412 ms" in text and "1.37 s" in text
    assert all(sample in text for row in value.rows for sample in row.sample)
    assert june.BEFORE in text and june.AFTER in text


def test_what_a_preview_says_first() -> None:
    lead = [
        each.text for each in read(PAGES["preview"]()).all("p") if "main" in each.path and "section" not in each.path
    ]
    assert lead == [
        "From 2026-06-12 18:51:00-04:00 (22:51:00 UTC), of 1,000,000 subjects:",
        "44,393 lose fable-5 (all are served opus-4.8).",
        "728 lose mythos-5 (612 are served opus-4.8 and 116 are refused).",
        "215 gain opus-4.8.",
        f"6,366 of 45,121 losses are there only because a fact is unknown ({FACTS}).",
    ]


def test_a_preview_in_which_nothing_changes_says_so() -> None:
    text = read(PAGES["nothing"]()).text
    assert "nobody of 0 subjects loses or gains anything" in text
    assert "nothing changes for anybody" in text


def test_every_figure_and_fact_of_a_difference_is_on_its_page() -> None:
    text = read(PAGES["difference"]()).text
    for each in june.DIFFERENCES.differences:
        assert f"{each.count:,}" in text
        assert each.start.isoformat(sep=" ") in text
    assert all(fact in text for fact in june.JEAN)
    assert "citizenships CH, FR, others unknown" in text
    assert text.count("lpr unknown") == len(june.DIFFERENCES.differences)
    assert all(sentence in text for sentence in (*june.SENTENCES, *june.DIFFERENCES.assumptions))


def test_a_difference_that_is_not_whole_says_so_first() -> None:
    cut_off = replace(june.DIFFERENCES, complete=False, because="the limit of 4 classes was reached")
    reading = check(difference.page(cut_off, (), title=TITLE))
    assert "This is not all of it: the limit of 4 classes was reached." in reading.text


def test_no_difference_is_said_only_when_all_was_looked_at() -> None:
    none = replace(june.DIFFERENCES, differences=())
    assert "there is no difference" in check(difference.page(none, (), title=TITLE)).text
    unsure = replace(none, complete=False, because="the time limit was reached")
    text = check(difference.page(unsure, (), title=TITLE)).text
    assert "there is no difference" not in text
    assert "This is not all of it: the time limit was reached." in text


def test_an_answer_to_a_property_is_words_and_a_symbol() -> None:
    reading = read(PAGES["proof"]())
    answers = [each.text for each in reading.all("p") if each.attributes.get("class") == "answer"]
    assert answers == ["✕ refuted", "? not decided", "✓ proved"]
    symbols = [each for each in reading.all("span") if each.attributes.get("class") == "symbol"]
    assert all(each.attributes["aria-hidden"] == "true" for each in symbols)


def test_a_counterexample_has_its_decisions_and_all_its_facts() -> None:
    text = read(PAGES["proof"]()).text
    assert "3 properties are looked at: 1 proved, 1 refuted (only-narrows) and 1 not decided (mandates)." in text
    assert "before ● serve fable-5" in text
    assert "after ◐ substitute opus-4.8" in text
    assert all(f"{fact} " in text for fact in june.JEAN)
    assert "The licence us-doc-2026-06-26 lets somebody use mythos-5 who may not today." in text


def test_a_drill_that_touched_others_is_not_told_as_a_success() -> None:
    text = check(PAGES["drill"]()).text
    assert "It touched those who are named and nobody else." in text and "nothing is amiss" in text
    bad = replace(june.DRILL, touched_others=3, silent=("gate-3",), damaged=("segment 4, byte 88",))
    text = check(drill.page(bad)).text
    assert "nothing is amiss" not in text and "nobody else" not in text
    assert all(failure in text for failure in bad.failures)


def test_a_drill_that_still_lasts_is_not_told_as_over() -> None:
    text = check(drill.page(replace(june.DRILL, at=june.DRILL.begins))).text
    assert "It is not over yet." in text and "nothing is amiss so far" in text


def many(number: int) -> Preview:
    """A preview with so many rows, each another change."""
    rows = tuple(
        Row("person", june.lost(f"model-{n % 50}", None if n % 2 else june.OPUS), n + 1, n % 7, n / 4)
        for n in range(number)
    )
    moments = tuple(Moment(june.ORDERED + timedelta(hours=n), n, 0, number - n) for n in range(200))
    touched = tuple(Touched(f"org-{n}", june.lost("model-1"), n + 1) for n in range(number))
    return replace(june.PREVIEW, rows=rows, moments=moments, organisations=touched)


def test_a_thousand_rows_are_all_there() -> None:
    reading = check(preview.page(many(1_000), title=TITLE))
    rows = [each for each in reading.all("tr") if "tbody" in each.path]
    assert len(rows) >= 1_000 + 1_000 + 200
    assert "Only the 24 largest are drawn." in reading.text
    assert "and 45 more models" in reading.text or "45 more models in the table." in reading.text
