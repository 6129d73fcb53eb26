"""A verification as a page: what was claimed, the verdict and everything it rests on; nothing is made better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.pages.reading import check, read
from tests.pages.test_hostile import HOSTILE
from tests.record.june_log import CLAIM, LAST, ORDERED, SECOND, Sealed, decision, end, file_of, ordinary, sealed
from tests.record.june_log import FOREIGNER as STRANGER
from tests.record.signed_log import log_of
from tests.record.small_log import POLICY

from licet.pages.verdict import ABOUT, GLOSSARY, page
from licet.pages.words import visible
from licet.record.claims.claim import ClaimVerdict
from licet.record.claims.enforcement import check_claim
from licet.record.log.check import check_log
from licet.record.log.findings import Finding
from licet.services.record.verifying import Verification, of_claim, of_claim_without_log, of_log, of_refusal

SERVED: dict[str, Any] = {"outcome": "serve", "served": "fable-5", "instruments": ("dev-fable-5-2026-06-09",)}


def judged(world: Sealed, until: int = 1) -> tuple[Verification, ClaimVerdict]:
    """A claim over a log that verifies."""
    files, checkpoint = log_of(world.entries)
    log = check_log(files, checkpoint, POLICY, keep=True)
    claim = replace(CLAIM, until=LAST + (until - 1) * 7200 * SECOND) if until > 1 else CLAIM
    verdict = check_claim(claim, log.entries, world.open)
    return of_claim(log, verdict, ("licet verify log record", "licet verify claim")), verdict


def breached() -> Sealed:
    at = ORDERED + 5 * SECOND
    return Sealed().seal(file_of([*ordinary(), decision(99, at, STRANGER, **SERVED), end(99, at + SECOND)]))


def test_a_claim_that_holds_is_told_with_what_it_rests_on() -> None:
    verification, verdict = judged(sealed())
    reading = check(page(verification))
    assert page(verification) == page(verification)
    for said in ("holds", "What it rests on", "What it does not show", "How to check it again", "The words"):
        assert said in reading.text
    assert "What is against it" not in reading.text
    assert "15 CFR 772.1" in reading.text
    assert all(each in reading.text for each in verification.again)
    assert all(each[1:] in reading.text for each in verdict.limits)
    assert all(word in reading.text for word in GLOSSARY)
    assert "`" not in reading.text


def test_what_is_against_it_and_what_is_missing_is_there_with_its_place() -> None:
    verification, verdict = judged(breached(), until=2)
    text = read(page(verification)).text
    assert "Verification of a claim: does not hold Does not hold: that between" in " ".join(text.split())
    assert all(each.place in text for each in (*verdict.violations, *verdict.missing))
    assert "What is against it" in text
    assert "What is missing" in text
    many = replace(verification, findings=verification.findings * 9, found=1234)
    assert "of 1,234" in read(page(many)).text


def test_every_kind_of_verification_is_a_page() -> None:
    for what in ABOUT:
        refused = of_refusal(what, "this is so", "line 2", "it is not", "licet verify")
        reading = check(page(refused))
        assert ABOUT[what] in reading.text
        assert "line 2" in reading.text
    log = check_log(*log_of(sealed().entries), POLICY)
    assert "verified" in check(page(of_log(log, "record", "licet verify log record"))).text
    bad = check_log({}, b"", POLICY)  # type: ignore[arg-type]
    assert "not shown" in check(page(of_claim_without_log("nobody", bad, ("licet verify",)))).text


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_stands_in_a_log_stays_text(text: str) -> None:
    finding = (Finding(text, text),)
    hostile = Verification(
        "log",
        text,
        "refused",
        False,
        text,
        rests_on=(text,),
        findings=finding,
        found=1,
        missing=finding,
        lacking=1,
        figures=((text, text),),
        names=((text, text),),
        limits=(text,),
        again=(text,),
    )
    assert " ".join(visible(text).split())[-10:] in " ".join(check(page(hostile)).text.split())
