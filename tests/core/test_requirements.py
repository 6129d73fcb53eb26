"""What releases require of the evidence: the vectors, what cannot be written, and when a requirement is met."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.generated import NOON, models, rulebook_of

from licet.core.conditions import Always
from licet.core.evidence.instruments import Assessment, Finding, Patch
from licet.core.evidence.judgement import Held, Reached
from licet.core.evidence.severity import Level
from licet.core.instruments import Instrument, Operation, Release
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Requirement, Safeguarded, lasting, worded
from licet.core.rulebook import Rulebook
from licet.core.spans import ALWAYS, NEVER, Span, common, outside, reached, union, without
from licet.wire.documents import DocumentsRejectedError, SourceFile, read_files, read_proposed, shipped

VECTORS = Path(__file__).parents[2] / "vectors" / "evidence" / "requirements.json"
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
DIGEST = "sha256:" + "0" * 64


def vectors() -> tuple[Rulebook, list[dict[str, Any]]]:
    found = json.loads(VECTORS.read_text())
    assert len(shipped()) > 0
    text = "\n---\n".join(json.dumps(tree, ensure_ascii=False) for tree in found["documents"])
    return read_files([SourceFile("vectors", text.encode(), lambda _: None)]).rulebook(1), found["cases"]


BOOK, CASES = vectors()


@pytest.mark.parametrize("case", CASES, ids=[each["name"] for each in CASES])
def test_the_vectors(case: dict[str, Any]) -> None:
    at, model = datetime.fromisoformat(case["at"]), BOOK.catalogue.models[case["model"]]
    permits = [each.name for each in BOOK.in_force(at) if isinstance(each, Release) and each.is_about(model)]
    assert permits == case["expect"]["permits"]
    assert [
        {
            "release": each.release,
            "requires": worded(each.requirement),
            "since": each.since.isoformat(),
            "until": each.until.isoformat() if each.until else None,
            "against": list(each.against),
            "stale": list(each.stale),
            "missing": list(each.missing),
            "so_far": None if each.so_far is None else int(each.so_far.total_seconds()),
        }
        for each in BOOK.withheld(model, at)
    ] == case["expect"]["withheld"]


# --- values


def release(*requires: Requirement, name: str = "r", families: Sequence[str] = ("big",), **more: Any) -> Release:
    common_: dict[str, Any] = {"digest": name, "issued": NOON, "from_": NOON, "models": ()}
    common_ |= {"operations": (Operation.USE,), "condition": Always(True), "text": "True"}
    return Release(name=name, families=tuple(families), requires=requires, **(common_ | more))


def judged(kind: type[Any], name: str, **more: Any) -> Any:
    common_: dict[str, Any] = {"digest": name, "issued": NOON, "from_": NOON, "models": (), "families": ("big",)}
    common_ |= {"judgement": DIGEST, "assessed": NOON}
    own: dict[type[Any], dict[str, Any]] = {
        Assessment: {"threshold": "t0@1", "verdict": Reached.NOT_REACHED},
        Finding: {"levels": (Level.HIGH, Level.HIGH), "reach": None},
        Patch: {"verdict": Held.HOLDS},
    }
    return kind(name=name, **(common_ | own[kind] | more))


def permitted(*instruments: Instrument, at: datetime = NOON, name: str = "r") -> set[str]:
    """The models that a release permits at an instant."""
    book = rulebook_of(models(), (), sorted(instruments, key=lambda each: each.name))
    found = next((each for each in book.in_force(at) if each.name == name), None)
    return {model.name for model in book.covered(found)} if isinstance(found, Release) else set()


BIG = {"strong", "other"}


def test_a_release_without_requirements_is_the_same_object() -> None:
    plain = release()
    assert rulebook_of(models(), (), [plain]).in_force(NOON)[0] is plain


def test_a_release_is_narrowed_to_the_models_for_which_all_is_met() -> None:
    assert permitted(release(Safeguarded("guard"), families=("big", "little"))) == BIG
    one = judged(Finding, "f", families=(), models=("strong",))
    assert permitted(release(FindingsAtMost(Level.LOW)), one) == {"other"}
    assert permitted(release(FindingsAtMost(Level.LOW)), judged(Finding, "f")) == set()
    assert permitted(release(FindingsAtMost(Level.HIGH)), judged(Finding, "f")) == BIG


def test_a_range_counts_by_its_worst() -> None:
    ranged = judged(Finding, "f", levels=(Level.LOW, Level.HIGH))
    assert permitted(release(FindingsAtMost(Level.MEDIUM)), ranged) == set()


@pytest.mark.parametrize(
    ("verdict", "names", "families", "closed"),
    [
        (Held.HOLDS, ("f",), ("big",), True),
        (Held.UNDECIDED, ("f",), ("big",), False),
        (Held.FAILS, ("f",), ("big",), False),
        (Held.INSUFFICIENT, ("f",), ("big",), False),
        (Held.HOLDS, ("g",), ("big",), False),
        (Held.HOLDS, ("f",), ("little",), False),
    ],
)
def test_only_a_patch_that_holds_closes_what_it_names(
    verdict: Held, names: tuple[str, ...], families: tuple[str, ...], closed: bool
) -> None:
    patch = judged(Patch, "p", verdict=verdict, patches=names, families=families)
    both = permitted(release(FindingsAtMost(Level.LOW)), judged(Finding, "f"), patch)
    assert both == (BIG if closed else set())


def test_a_patch_closes_only_while_it_is_in_force() -> None:
    patch = judged(Patch, "p", patches=("f",), until=NOON + DAY)
    parts = release(FindingsAtMost(Level.LOW)), judged(Finding, "f"), patch
    assert permitted(*parts, at=NOON + DAY - TICK) == BIG
    assert permitted(*parts, at=NOON + DAY) == set()


def test_without_an_assessment_nothing_is_permitted() -> None:
    assert permitted(release(Assessed("t0@1"))) == set()
    assert permitted(release(Assessed("t0@1")), judged(Assessment, "a", threshold="t1@1")) == set()
    assert permitted(release(Assessed("t0@1")), judged(Assessment, "a")) == BIG


@pytest.mark.parametrize("verdict", [each for each in Reached if each is not Reached.NOT_REACHED])
def test_another_verdict_by_one_who_is_asked_contradicts(verdict: Reached) -> None:
    good, other = judged(Assessment, "a"), judged(Assessment, "b", verdict=verdict)
    assert permitted(release(Assessed("t0@1")), good, other) == set()


def test_only_reached_contradicts_by_one_who_is_not_asked() -> None:
    good = judged(Assessment, "a", issuer="one")
    asked = release(Assessed("t0@1", by=("one",)))
    doubts = judged(Assessment, "b", issuer="two", verdict=Reached.CANNOT_RULE_OUT)
    assert permitted(asked, good, doubts) == BIG
    assert permitted(asked, good, replace(doubts, verdict=Reached.REACHED)) == set()
    both = release(Assessed("t0@1", (Reached.NOT_REACHED, Reached.REACHED), by=("one",)))
    assert permitted(both, good, replace(doubts, verdict=Reached.REACHED)) == BIG


def test_every_issuer_must_have_spoken() -> None:
    asked = release(Assessed("t0@1", by=("one", "two")))
    one, two = (judged(Assessment, each, issuer=each) for each in ("one", "two"))
    assert permitted(asked, one) == set()
    assert permitted(asked, one, replace(two, issuer="Two")) == set()
    assert permitted(asked, one, two) == BIG


def test_an_old_assessment_does_not_count_but_contradicts() -> None:
    asked = release(Assessed("t0@1", within=2 * DAY))
    old = judged(Assessment, "a", assessed=NOON - DAY)
    assert permitted(asked, old, at=NOON + DAY - TICK) == BIG
    assert permitted(asked, old, at=NOON + DAY) == set()
    against = judged(Assessment, "b", assessed=NOON - 90 * DAY, verdict=Reached.REACHED)
    assert permitted(asked, old, against) == set()


def test_who_changes_their_mind_supersedes() -> None:
    first = judged(Assessment, "a", verdict=Reached.CANNOT_RULE_OUT)
    second = judged(Assessment, "b", from_=NOON + DAY, supersedes=("a",))
    assert permitted(release(Assessed("t0@1")), first, second) == set()
    assert permitted(release(Assessed("t0@1")), first, second, at=NOON + DAY) == BIG


def test_a_head_start_is_net_and_stays() -> None:
    first = release(FindingsAtMost(Level.LOW), name="first", until=NOON + 9 * DAY)
    wide = release(HeadStart("first", 3 * DAY))
    gap = judged(Finding, "f", from_=NOON + DAY, until=NOON + 3 * DAY)
    assert permitted(first, wide, at=NOON + 3 * DAY) == BIG
    assert permitted(first, wide, gap, at=NOON + 5 * DAY - TICK) == set()
    assert permitted(first, wide, gap, at=NOON + 5 * DAY) == BIG
    assert permitted(first, wide, gap, at=NOON + 50 * DAY) == BIG


def test_a_head_start_over_nothing_never_comes() -> None:
    elsewhere = release(name="first", families=("little",))
    assert permitted(release(HeadStart("first", DAY)), at=NOON + 99 * DAY) == set()
    assert permitted(elsewhere, release(HeadStart("first", DAY)), at=NOON + 99 * DAY) == set()
    circle = release(HeadStart("r", DAY))
    assert permitted(circle, at=NOON + 99 * DAY) == set()


def test_the_end_of_the_calendar_is_no_error() -> None:
    late = datetime(9999, 12, 30, tzinfo=UTC)
    first = release(name="first", from_=late)
    wide = release(HeadStart("first", 99 * DAY), Assessed("t0@1", within=999_999 * DAY), from_=late)
    word = judged(Assessment, "a", from_=late, assessed=late)
    assert permitted(first, wide, word, at=late + DAY) == set()
    assert permitted(release(Assessed("t0@1", within=999_999 * DAY), from_=late), word, at=late + DAY) == BIG


def test_boundaries_are_the_instants_at_which_that_changes() -> None:
    parts = [release(Assessed("t0@1", within=2 * DAY)), judged(Assessment, "a", from_=NOON + DAY)]
    book = rulebook_of(models(), (), parts)
    assert book.boundaries == (NOON, NOON + DAY, NOON + 2 * DAY)
    assert book.interval(NOON + DAY) == (NOON + DAY, NOON + 2 * DAY)


# --- sets of time


def spans(*pairs: tuple[int, int | None]) -> tuple[Span, ...]:
    return tuple(Span(NOON + one * DAY, None if end is None else NOON + end * DAY) for one, end in pairs)


def test_sets_of_time() -> None:
    assert union([*spans((3, 4)), *spans((0, 2)), *spans((1, 3)), *spans((6, 6))]) == spans((0, 4))
    assert union(spans((2, None), (0, 1), (5, 9))) == spans((0, 1), (2, None))
    assert outside(outside(spans((0, 2), (5, None)))) == spans((0, 2), (5, None))
    assert outside(ALWAYS) == NEVER
    assert outside(NEVER) == ALWAYS
    assert common(spans((0, 4), (6, None)), spans((1, 2), (3, 8))) == spans((1, 2), (3, 4), (6, 8))
    assert without(spans((0, 9)), spans((1, 2), (4, None))) == spans((0, 1), (2, 4))
    assert reached(spans((0, 2), (4, None)), 3 * DAY) == NOON + 5 * DAY
    assert reached(spans((0, 2), (4, 5)), 3 * DAY) == NOON + 5 * DAY
    assert reached(spans((0, 2)), 3 * DAY) is None


def test_requirements_in_words() -> None:
    asked = Assessed("t@1", (Reached.NOT_REACHED, Reached.CANNOT_RULE_OUT), ("one", "two"), 180 * DAY)
    words = "t@1 assessed as not reached or cannot rule out by one and two, at most 180 days old"
    assert worded(asked) == words
    assert worded(HeadStart("r", timedelta(hours=36))) == "a head start of 1 day 12 hours for r"
    assert lasting(timedelta(microseconds=1)) == "0 seconds"


# --- what cannot be written

HEAD = f"""
model: m
family: f
apis: [openai]
upstream: {{url: http://127.0.0.1:9}}
---
threshold: t@1
framework: f
source: s
capability: c
metric: success
scale: [0, 10]
success_at: 1
lines: {{red: 0.5}}
suites: {{s: "{DIGEST}"}}
---
"""
RELEASE = "release: r\nissued: 2026-07-01T00:00:00Z\nfrom: 2026-07-01T00:00:00Z\nmodels: [m]\nto: true\n"
JUDGED = (
    "issued: 2026-07-01T00:00:00Z\nfrom: 2026-07-01T00:00:00Z\nmodels: [m]\n"
    f'judgement: "{DIGEST}"\nassessed: 2026-07-01T00:00:00Z\n'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RELEASE + "requires: []", "an empty list; leave it out"),
        (RELEASE + "requires: {safeguard: x}", "a mapping is not allowed here; allowed: a list of requirements"),
        (RELEASE + "requires: [{}]", "a mapping where one requirement is needed"),
        (RELEASE + "requires: [{threshold: t@1, safeguard: x}]", "both `threshold` and `safeguard` where one"),
        (RELEASE + "requires: [{threshold: t@2}]", "unknown threshold `t@2`; known: `t@1`"),
        (RELEASE + "requires: [{threshold: t@1, verdict: [fine]}]", "`fine` is not allowed here"),
        (RELEASE + "requires: [{threshold: t@1, verdict: [reached, reached]}]", "`reached` is listed twice"),
        (RELEASE + "requires: [{threshold: t@1, by: []}]", "a list of issuers"),
        (RELEASE + "requires: [{threshold: t@1, within: soon}]", "`soon` is not allowed here"),
        (RELEASE + "requires: [{findings_at_most: bad}]", "`bad` is not allowed here; allowed: one of `none`"),
        (RELEASE + "requires: [{head_start: 3d}]", "`of` is missing"),
        (RELEASE + "requires: [{head_start: 3d, of: q}]", "there is no release `q`; known: `r`"),
        (RELEASE + "requires: [{head_start: 3d, of: r}]", "each other's head start in a circle: r -> r"),
        (RELEASE + "requires: [{safeguard: g}]", "there is no safeguard `g`; known: none"),
        (RELEASE + "requires: [{findings_at_most: low}, {findings_at_most: low}]", "this is required already"),
        ("finding: x\nlevels: [high, low]\n" + JUDGED, "a range from `high` to `low` is empty"),
        ("finding: x\nlevels: [low]\n" + JUDGED, "a list is not allowed here; allowed: a severity"),
        ("assessment: x\nthreshold: t@9\nverdict: reached\n" + JUDGED, "unknown threshold `t@9`"),
        ("patch: x\npatches: [y]\nverdict: holds\n" + JUDGED, "there is no instrument `y`; `patches` can name finding"),
        (
            "finding: x\nlevels: low\n" + JUDGED.replace("assessed: 2026-07-01", "assessed: 2026-07-02"),
            "nothing counts before it was judged",
        ),
        ("finding: x\nlevels: low\n" + JUDGED.replace("models: [m]\n", ""), "the finding `x` is about no model"),
        *(
            (text + json.dumps(issuer), "is not spelled as it looks")
            for issuer in (
                "An  Institute",
                "An\u200b Institute",
                "An\u00a0Institute",
                "\u202eetutitsnI",
            )
            for text in (
                "assessment: x\nthreshold: t@1\nverdict: reached\n" + JUDGED + "issuer: ",
                RELEASE + "requires:\n- threshold: t@1\n  by:\n  - ",
            )
        ),
    ],
)
def test_what_cannot_be_written(text: str, said: str) -> None:
    with pytest.raises(DocumentsRejectedError) as caught:
        read_files([SourceFile("x.yaml", (HEAD + text).encode(), lambda _: None)])
    assert any(said in message for message in caught.value.messages), caught.value.messages
    assert all(message.startswith("x.yaml:") for message in caught.value.messages)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("success_at: 1", "success_at: 11", "`11` is not on the scale from `0` to `10`"),
        ("lines: {red: 0.5}", "lines: {alert: 0.5, red: 0.5}", "the alert line at `0.5` is not between 0 and"),
        ("lines: {red: 0.5}", "lines: {red: 0}", "a red line at 0 is reached by everything"),
        ("lines: {red: 0.5}", "lines: {red: 1.5}", "a share from 0 to 1"),
        ("lines: {red: 0.5}", "lines: {red: 0.5}\nconfidence: 1", "`1` is no level of a bound"),
        ("lines: {red: 0.5}", "lines: {red: 0.5}\nconfidence: 0.4", "`0.4` is no level of a bound"),
    ],
)
def test_what_a_threshold_cannot_say(old: str, new: str, said: str) -> None:
    with pytest.raises(DocumentsRejectedError, match=said.replace("(", r"\(")):
        read_files([SourceFile("x.yaml", HEAD.replace(old, new).removesuffix("---\n").encode(), lambda _: None)])


def test_releases_cannot_wait_for_each_other() -> None:
    two = RELEASE + "requires: [{head_start: 1d, of: q}]\n---\n" + RELEASE.replace("release: r", "release: q")
    with pytest.raises(DocumentsRejectedError, match="in a circle: r -> q -> r"):
        read_files([SourceFile("x.yaml", f"{HEAD}{two}requires: [{{head_start: 1d, of: r}}]".encode(), lambda _: None)])


def test_canonical_forms() -> None:
    text = HEAD + "finding: x\nlevels: [low, low]\n" + JUDGED + "---\n" + RELEASE + "requires: [{threshold: t@1}]"
    reading = read_files([SourceFile("x.yaml", text.encode(), lambda _: None)])
    forms = {each.name: json.loads(each.canonical) for each in reading.written}
    assert forms["x"]["levels"] == "low"
    assert forms["r"]["requires"] == [{"threshold": "t@1", "verdict": ["not reached"]}]
    assert forms["t@1"]["lines"] == {"red": "0.5"}
    again = read_proposed(reading.written, (), lambda _, __: None)
    assert again.rulebook(1).digest == reading.rulebook(1).digest
    assert [each.name for each in again.documents.thresholds.values()] == ["t@1"]


def test_a_threshold_is_part_of_the_digest() -> None:
    books = [
        read_files([SourceFile("x.yaml", text.removesuffix("---\n").encode(), lambda _: None)]).rulebook(1)
        for text in (HEAD, HEAD.replace("red: 0.5", "red: 0.4"))
    ]
    assert books[0].digest != books[1].digest
