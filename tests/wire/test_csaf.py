"""Advisories of every verdict meet the schema and the mandatory tests of CSAF 2.0, and say no more than is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.csaf_validator.running import NoValidator, validated
from tests.judged import FINDING, HOLED, PATCH, THRESHOLD, kept, rate

from licet.core.evidence.estimate import Sides
from licet.core.evidence.judgement import FindingJudgement, Held, PatchJudgement, Regression, Reproduced
from licet.services.judging.advisory import Release, advisory_of
from licet.services.judging.asking import JudgingRefused
from licet.wire.csaf import Publisher, PublisherIs, Stage, Tlp, file_name, named_information, written
from licet.wire.judgement.kept import Kept, digest_of

LAB = Publisher("A. Lab", "https://lab.example", PublisherIs.VENDOR)
DESK = Publisher("A desk that coordinates", "https://desk.example/advisories", PublisherIs.COORDINATOR)
RELEASE = Release(LAB)

EVERY_FINDING = {each.value: replace(FINDING, reproduced=each) for each in Reproduced}
BARE = replace(
    FINDING, reproduced=Reproduced.INSUFFICIENT, coverage=HOLED, plain=None, unguarded=None, observed=None, reach=None,
    families=(), baselines=(), gain=None, baseline_set="", baseline_date=None, frozen=None, earlier=(), judge=None,
    next=None, why=(), sources=(), breadth=rate(0, 1), rate=rate(0, 3),
)  # fmt: skip
EVERY_PATCH = {each.value: replace(PATCH, verdict=each) for each in Held}
UNMEASURED = replace(PATCH, before=None, earlier=(), costs=(), verdict=Held.UNDECIDED)


def patch(verdict: Held, **changes: Any) -> Kept:
    """A judgement of a patch, in which earlier findings say the same."""
    return kept(replace(PATCH, verdict=verdict, earlier=(Regression("typos", rate(1, 9), verdict),), **changes))


def made(judgement: FindingJudgement | PatchJudgement, *patches: Kept, release: Release = RELEASE) -> Any:
    """The advisory, as it is read from its file."""
    return json.loads(written(advisory_of(kept(judgement), release, patches)))


def status(document: Any, number: int = 0) -> Any:
    """What is said of the products."""
    return document["vulnerabilities"][number]["product_status"]


ALL = {
    **{f"finding {name}": made(each) for name, each in EVERY_FINDING.items()},
    **{f"finding, patch {each.value}": made(FINDING, patch(each)) for each in Held},
    "finding, two patches": made(FINDING, patch(Held.FAILS), patch(Held.HOLDS)),
    "finding, bare": made(BARE),
    "finding, final, of a coordinator": made(FINDING, release=Release(DESK, Tlp.WHITE, Stage.FINAL, "5.1", "LAB-26-1")),
    "finding, many families": made(replace(FINDING, subject="ä, ö: \N{LATIN SMALL LETTER U WITH DIAERESIS}")),
    **{f"patch {name}": made(each) for name, each in EVERY_PATCH.items()},
    "patch, unmeasured": made(UNMEASURED),
}


def broken() -> list[Any]:
    """Advisories that are wrong, to see that somebody looks."""
    version, twice, nobody = (json.loads(json.dumps(ALL["finding reproduced"])) for _ in range(3))
    version["document"]["tracking"]["version"] = "9"
    twice["vulnerabilities"][0]["product_status"]["fixed"] = ["tried"]
    del nobody["document"]["publisher"]["namespace"]
    return [version, twice, nobody]


@pytest.fixture(scope="module")
def said() -> list[Any]:
    """What the validator says of all of them, and of those that are broken, the last."""
    try:
        return validated([*ALL.values(), *broken()])
    except NoValidator as missing:
        pytest.skip(str(missing))


def test_every_advisory_meets_the_schema_and_the_mandatory_tests(said: list[Any]) -> None:
    assert len(said[0]["tests"]) >= 40
    for name, each in zip(ALL, said, strict=False):
        assert (name, each["valid"], each["errors"]) == (name, True, [])
    assert [each["valid"] for each in said[-3:]] == [False] * 3


def test_what_is_only_advised_is_left_out_for_a_reason(said: list[Any]) -> None:
    advised = {each["test"].removeprefix("optionalTest_") for found in said[:-3] for each in found["advice"]}
    # no score: CJS is not CVSS; no remedy for what was not shown; no helper and no canonical address: there is none
    assert advised <= {"6_2_2", "6_2_3", "6_2_11", "6_2_16"}, advised


@pytest.mark.parametrize("found", [each for each in Reproduced if each is not Reproduced.YES])
def test_what_was_not_reproduced_is_neither_affected_nor_cleared_and_has_no_severity(found: Reproduced) -> None:
    document = made(EVERY_FINDING[found.value], patch(Held.HOLDS))
    assert status(document) == {"under_investigation": ["tried"]}
    assert "CJS-" not in json.dumps({**document["document"], "tracking": None})
    assert not {"threats", "remediations"} & document["vulnerabilities"][0].keys()


def test_what_was_reproduced_is_affected_with_its_range_of_severity_and_no_score() -> None:
    document = made(FINDING)
    (vulnerability,) = document["vulnerabilities"]
    assert status(document) == {"known_affected": ["tried"]}
    assert document["document"]["aggregate_severity"] == {"text": "CJS-2 to CJS-3 (medium to high)"}
    assert "scores" not in vulnerability
    notes = {each["title"]: each["text"] for each in vulnerability["notes"]}
    assert "88.3 % (81.2\N{EN DASH}93.5 %; 106 of 120), about these items" in notes["How often"]
    assert "63.1\N{EN DASH}100 %" in notes["Breadth"]
    assert (
        "over the best of them: +77.0 points (+64.0 to +86.0): shown to be more"
        in notes["Gain over public models without any bypass"]
    )
    assert "capability gain: 2 to 3" in notes["Severity, with its range"]
    assert notes["Class"].startswith("universal")
    assert [each["category"] for each in vulnerability["remediations"]] == ["none_available"]


@pytest.mark.parametrize("held", Held)
def test_only_a_patch_that_holds_fixes(held: Held) -> None:
    document = made(FINDING, patch(held))
    (remedy,) = document["vulnerabilities"][0]["remediations"]
    fixed = held is Held.HOLDS
    assert (status(document).get("fixed"), remedy["category"]) == (
        (["patched"], "vendor_fix") if fixed else (None, "none_available")
    )
    assert PATCH.subject in remedy["details"]
    assert "benign: served 97.5 %" in json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize(
    ("judged", "main", "earlier"),
    [
        (patch(Held.HOLDS), {"known_affected": ["tried"], "fixed": ["patched"]}, {"fixed": ["patched"]}),
        (
            patch(Held.FAILS, after=rate(30, 60)),
            {"known_affected": ["tried", "patched"]},
            {"known_affected": ["patched"]},
        ),
        (
            patch(Held.FAILS, after=rate(0, 300, sides=Sides.UPPER)),
            {"known_affected": ["tried"], "under_investigation": ["patched"]},
            {"known_affected": ["patched"]},
        ),
        (
            patch(Held.UNDECIDED),
            {"known_affected": ["tried"], "under_investigation": ["patched"]},
            {"under_investigation": ["patched"]},
        ),
        (
            patch(Held.HOLDS, before=rate(0, 60)),
            {"under_investigation": ["tried"], "fixed": ["patched"]},
            {"fixed": ["patched"]},
        ),
        (
            patch(Held.INSUFFICIENT, before=None),
            {"under_investigation": ["tried", "patched"]},
            {"under_investigation": ["patched"]},
        ),
    ],
)
def test_what_a_patch_says_of_the_model_before_and_after(judged: Kept, main: Any, earlier: Any) -> None:
    document = json.loads(written(advisory_of(judged, RELEASE)))
    assert (status(document), status(document, 1)) == (main, earlier)


def test_earlier_assessments_are_revisions_and_the_first_says_since_when_it_is_known() -> None:
    tracking = made(FINDING)["document"]["tracking"]
    assert [(each["number"], each["date"][:10]) for each in tracking["revision_history"]] == [
        ("1", "2026-06-20"),
        ("2", "2026-07-09"),
    ]
    assert (tracking["version"], tracking["id"]) == ("2", "payload-in-pig-latin")
    assert made(FINDING)["vulnerabilities"][0]["discovery_date"] == "2026-06-01T00:00:00+00:00"
    later = replace(FINDING, earlier=((FINDING.at + timedelta(days=1), "next", FINDING.grade),))
    with pytest.raises(JudgingRefused, match="revisions in order"):
        made(later)


def test_the_same_judgement_is_the_same_bytes_and_names_its_digest() -> None:
    content = written(advisory_of(kept(FINDING), RELEASE))
    assert content == written(advisory_of(kept(FINDING), RELEASE))
    assert digest_of(kept(FINDING)).encode() in content
    assert named_information(digest_of(kept(FINDING))).encode() in content
    tree = json.loads(content)
    assert list(tree) == sorted(tree)


def test_a_digest_as_an_address_is_that_of_the_rfc() -> None:
    digest = "sha256:7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"  # `Hello World!`, RFC 6920, 8.1
    assert named_information(digest) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (lambda: Release(Publisher("A. Lab", "lab")), "`lab` is no address"),
        (lambda: Release(Publisher("A. Lab", "https://lab example")), "is no address"),
        (lambda: Release(Publisher("", "https://lab.example")), "published by somebody"),
        (lambda: Release(Publisher("A.\nLab", "https://lab.example")), "no name of a publisher"),
        (lambda: Release(LAB, version="< 5"), "does not name one version"),
        (lambda: Release(LAB, version="all before 5"), "does not name one version"),
        (lambda: advisory_of(kept(THRESHOLD), RELEASE), "about a finding or a patch"),
        (lambda: advisory_of(kept(FINDING), RELEASE, [kept(THRESHOLD)]), "is not of a patch"),
        (lambda: advisory_of(kept(FINDING), RELEASE, [patch(Held.HOLDS, model="quartz")]), "is of `quartz`"),
    ],
)
def test_what_would_not_meet_the_standard_is_refused(release: Any, said: str) -> None:
    with pytest.raises(JudgingRefused, match=said):
        release()


def test_the_name_of_the_file_is_that_of_the_standard() -> None:
    assert file_name("Lab 2026: ÄÖ 1") == "lab_2026_1.json"
    assert file_name("LAB-26+1") == "lab-26+1.json"
