"""The report of an order as a page: all figures, where they come from, and nothing told better than it is."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256

import pytest
from tests.pages.reading import check, read
from tests.pages.test_hostile import HOSTILE
from tests.services.report_world import ENACTED, NAME, NOW, ORDER, START, lawful, played

from licet.core.report import Breach, Check, Counts, Cuts, Doubt, Entry, Hour, Logged, Report, Touched
from licet.pages import look
from licet.pages.report import page
from licet.pages.words import visible
from licet.services.record.reporting.report import report

WORLD = played()
REPORT = report(WORLD.law, WORLD, NOW)
LOGGED = Logged("licet.example/record", 700, "cm9vdA==", "note\n", ("w1",), (Entry(41, "instrument", "it"),), ())


def undecided() -> Report:
    world = lawful()
    world.enact(ORDER, ENACTED)
    return report(world.law, world, NOW)


def test_a_report_is_a_page_like_every_other() -> None:
    for each in (REPORT, undecided(), replace(REPORT, logged=LOGGED, check=BREACHED)):
        reading = check(page(each))
        assert each.text.title in reading.text
        assert page(each) == page(each)


BREACHED = Check(9, 250, tuple(Breach("w1.journal", f"q{n}", START, f"reason {n}") for n in range(100)))


def test_every_figure_is_on_the_page_with_where_it_comes_from() -> None:
    text = read(page(REPORT)).text
    assert "Of 12 requests for its models it withheld the model in 8, from 3 subjects" in text
    assert "Nothing was found amiss." in text and "no record shows it" in text
    assert REPORT.canonical in text and REPORT.text.digest in text and "https://appeal.example/" in text
    sentences = (*REPORT.sentences, *REPORT.cannot, *REPORT.order.act.findings)
    assert all(each.replace("`", "") in text for each in sentences)
    assert "<p>" in page(REPORT) and "<code>" in page(REPORT)
    assert all(each.line in text for each in REPORT.commands)
    assert text.count("Comes from") == 11
    assert "other: 3" in text and "20 ms" in text and "3.00 s" in text
    assert "for-staff" in text and "somebody may use it" in text


def test_a_breach_or_a_gap_is_told_first() -> None:
    text = check(page(replace(REPORT, check=BREACHED))).text
    assert "It was not enforced as it should be" in text and "Nothing was found amiss" not in text
    assert "the first 100 of 250" in text and "reason 99" in text
    torn = replace(REPORT, journal=replace(REPORT.journal, damaged=("w1.journal, offset 88: frame",)))
    text = check(page(torn)).text
    assert "something is missing: 1 gap below" in text and "offset 88" in text and "no record shows it" not in text


def test_no_decision_is_not_told_as_obeyed() -> None:
    text = check(page(undecided())).text
    assert "nothing shows how it was enforced" in text and "not shown: there are no decisions" in text
    assert "Nothing was found amiss" not in text


def test_the_log_is_shown_or_said_to_be_missing() -> None:
    assert "There is no log" in check(page(REPORT)).text
    text = check(page(replace(REPORT, logged=replace(LOGGED, absent=("the document x",))))).text
    assert "41" in text and "licet.example/record" in text and "not in the log: the document x" in text


def test_many_hours_become_days_and_all_are_counted() -> None:
    eastern = START.astimezone(timezone(-timedelta(hours=4)))
    hours = tuple(
        Hour(START.replace(minute=0) + timedelta(hours=n), Counts(n, 1, 2), Counts(0, 1, 2)) for n in range(432)
    )
    total = Counts(sum(range(432)), 432, 864)
    reading = check(page(replace(REPORT, hours=hours, asked=total, effect=eastern)))
    rows = [each.text for each in reading.all("tr") if "tbody" in each.path]
    assert sum("2026-06-12 22:00:00+00:00" in each for each in rows) == 1
    assert len(reading.all("figure")) >= 4
    weeks = tuple(each._replace(at=each.at + timedelta(days=3 * n)) for n, each in enumerate(hours))
    assert "By the week" in check(page(replace(REPORT, hours=weeks, until=weeks[-1].at))).text


def test_each_printed_sheet_says_what_it_is_of() -> None:
    made = page(replace(REPORT, logged=LOGGED))
    (style,) = read(made).all("style")
    assert "@top-left" in style.text and "counter(page)" in style.text and "size: A4" in style.text
    assert look.quoted(f"{NAME}  {REPORT.text.digest[:19]}…") in style.text
    assert look.quoted("log of 700 entries")[1:-1] in style.text
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in made.replace("&#39;", "'")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_stays_a_text(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    order = replace(REPORT.text, name=text, title=text, issuer=text, reasons=text, appeal=text, authority=(text,))
    act = replace(REPORT.order.act, actor=text, approved_by=text, proposal=text, findings=(text,), rests_on=(text,))
    placed = replace(REPORT.order, instrument=order, act=act)
    assert REPORT.first_refused is not None
    hostile = replace(
        REPORT,
        order=placed,
        text=order,
        canonical=text,
        sentences=(text,),
        models=(text,),
        ended_by=(placed,),
        reliefs=tuple(replace(each, licence=placed) for each in REPORT.reliefs),
        properties=((text, text),),
        of_models=tuple(each._replace(model=text, instead=((text, 1),)) for each in REPORT.of_models),
        first_refused=REPORT.first_refused._replace(request=text, worker=text),
        cuts=replace(REPORT.cuts, models=((text, 1),)),
        touched=Touched(1, 1, 1, 1, 0, (Doubt((text,), 1, 1),)),
        workers=tuple(replace(each, worker=text) for each in REPORT.workers),
        check=Check(1, 1, (Breach(text, text, START, text),)),
        journal=replace(REPORT.journal, damaged=(text,), missing=(text,)),
        logged=Logged(text, 1, text, text, (text,), (Entry(1, text, text),), (text,)),
        commands=tuple(each._replace(line=text) for each in REPORT.commands),
        cannot=(text,),
    )
    made = page(hostile)
    reading = check(made)
    made.encode()
    assert " ".join(visible(text).split()) in reading.text
    assert not set("\u202e\u2066\x00\x07\x1b") & set(made)
    (style,) = reading.all("style")
    assert re.search(r"@top-left \{ content: \"(?:[A-Za-z0-9]|\\[0-9a-f]{6})*\"; font", style.text)
    assert capfd.readouterr() == ("", "")


def test_an_answer_that_was_never_cut_has_no_seconds() -> None:
    assert "No answer was cut by it." in check(page(replace(REPORT, cuts=Cuts()))).text
