"""Releases that require evidence: lapses foreseen, drafts reviewed, properties proved, and who decides."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.decision import Outcome, Request, decide
from licet.core.proof import Answer
from licet.core.rulebook import Rulebook
from licet.engines.differences.diff import differences
from licet.engines.proofs.prover import Prover
from licet.services.approval import warrant_for_one
from licet.services.diff_words import sentences
from licet.services.explain import explain
from licet.services.findings import Check, Review
from licet.services.lapses import Kind, turns, warnings
from licet.services.review import review
from licet.services.rulebooks import Proposal, changes_after, propose
from licet.services.shadow import first_difference
from licet.services.stored import Ground, Warrant
from licet.services.withholding import sentence, tree, withholding
from licet.wire.documents import SourceFile

NOW = datetime(2026, 7, 10, tzinfo=UTC)
DIGEST = "sha256:" + "0" * 64
MODELS = "".join(
    f"model: {name}\nfamily: f\napis: [openai]\nupstream: {{url: 'http://127.0.0.1:9'}}\n---\n" for name in ("m", "n")
)
THRESHOLD = f"""\
threshold: word@1
framework: an example
source: clause 1
capability: tells the word
metric: success
scale: [0, 1]
success_at: 1
lines: {{red: 0.2}}
suites: {{words: "{DIGEST}"}}
---
"""
RELEASE = """\
release: general
issued: 2026-07-01T00:00:00Z
from: 2026-07-01T00:00:00Z
review_by: 2026-07-20T00:00:00Z
models: [m, n]
to: true
requires: [{threshold: word@1, by: [An Institute], within: 30d}, {findings_at_most: medium}]
---
"""


def judged(kind: str, name: str, *more: str, at: str = "2026-07-05", models: str = "[m, n]") -> str:
    instant = f"{at}T00:00:00Z"
    lines = [f"{kind}: {name}", f"issued: {instant}", f"from: {instant}", f"assessed: {instant}", f"models: {models}"]
    return "\n".join([*lines, f'judgement: "{DIGEST}"', *more, "---", ""])


SPOKEN = judged("assessment", "spoken", "issuer: An Institute", "threshold: word@1", "verdict: not reached")
FINDING = judged("finding", "way-around", "levels: [low, high]", at="2026-07-12", models="[m]")
PATCH = judged("patch", "mended", "patches: [way-around]", "verdict: holds", at="2026-07-15", models="[m]")


def draft(store: MemoryStore | None, *texts: str) -> Proposal:
    return propose(store, [SourceFile("d.yaml", "".join(texts).encode(), lambda _: None)])


def enacted(*steps: str) -> MemoryStore:
    store = MemoryStore()
    for text in steps:
        proposal = draft(store, text)
        store.enact(
            proposal.documents,
            proposal.lists,
            actor="a",
            at=NOW,
            rulebook=proposal.rulebook.digest,
            expected_epoch=proposal.before.epoch,
            warrant=Warrant(Ground.NARROWS),
        )
    return store


def prover(before: Rulebook, after: Rulebook) -> Prover:
    return Prover(before, after, now=NOW, stopwatch=time.monotonic, limit=60)


def look(store: MemoryStore, *texts: str, now: datetime = NOW) -> Review:
    return review(draft(store, *texts), now, prover=prover, people=None, stopwatch=time.monotonic)


def told(seen: Review, check: Check) -> list[str]:
    return [each.sentence for each in seen.findings if each.check is check]


@pytest.fixture(scope="module", name="store")
def fixture() -> MemoryStore:
    """The release, assessed by whom it asks for."""
    return enacted(MODELS + THRESHOLD + RELEASE + SPOKEN)


@pytest.fixture(scope="module", name="found")
def found_fixture() -> MemoryStore:
    """The same with a finding about one of two models, from the twelfth of July on."""
    return enacted(MODELS + THRESHOLD + RELEASE + SPOKEN, FINDING)


def book_of(store: MemoryStore) -> Rulebook:
    return draft(store).before


# --- before it lapses


def test_the_officer_is_warned_before_it_lapses(found: MemoryStore) -> None:
    seen = warnings(book_of(found), NOW)
    assert [(each.at.day, each.at.month, each.kind, each.models) for each in seen] == [
        (12, 7, Kind.LAPSES, ("m",)),
        (20, 7, Kind.REVIEW, ("m", "n")),
        (4, 8, Kind.LAPSES, ("n",)),
    ]
    assert "`way-around` is open" in seen[0].sentence
    assert "a review of `general` is due" in seen[1].sentence
    assert "`spoken` is too old" in seen[2].sentence


def test_a_review_that_is_overdue_stays_and_comes_first(store: MemoryStore) -> None:
    seen = warnings(book_of(store), NOW + timedelta(days=12))
    assert [(each.kind, each.at.day) for each in seen] == [(Kind.REVIEW, 20), (Kind.LAPSES, 4)]
    assert "was due" in seen[0].sentence
    assert warnings(book_of(store), NOW + timedelta(days=60)) == (), "what it withholds from all is no longer at stake"


def test_what_changes_by_itself_is_told_with_its_reason(found: MemoryStore) -> None:
    changes = changes_after(book_of(found), NOW)
    assert [(each.at.day, len(each.begins), len(each.turns)) for each in changes] == [(12, 1, 1), (4, 0, 1)]
    assert changes[0].turns[0].words.startswith("general no longer permits m (it requires no open finding above medium")
    assert [each.opens for each in turns(book_of(enacted(MODELS + THRESHOLD + RELEASE + SPOKEN)))] == [True, False]


def test_a_release_that_ends_by_itself_is_no_lapse() -> None:
    ending = RELEASE.replace("models: [m, n]", "until: 2026-07-25T00:00:00Z\nmodels: [m, n]")
    early = SPOKEN.replace("2026-07-05", "2026-06-30")
    book = draft(None, MODELS + THRESHOLD + ending + early).rulebook
    assert turns(book) == ()
    assert [each.kind for each in warnings(book, NOW)] == [Kind.REVIEW]


# --- the review of a draft


def test_a_draft_that_makes_a_release_lapse(store: MemoryStore) -> None:
    seen = look(store, FINDING)
    why = "it requires no open finding above medium, but `way-around` is open"
    assert told(seen, Check.LAPSES) == [f"general no longer permits m from 2026-07-12T00:00:00+00:00 on: {why}"]
    assert seen.only_narrows
    assert warrant_for_one(seen) is not None


def test_a_draft_that_lets_one_permit_again(found: MemoryStore) -> None:
    seen = look(found, PATCH)
    assert told(seen, Check.REOPENS) == [
        "general permits m from 2026-07-15T00:00:00+00:00 on: what it requires is met then"
    ]
    assert not seen.only_narrows
    assert seen.narrows.answer is Answer.REFUTED
    assert warrant_for_one(seen) is None


def test_a_draft_that_waits(store: MemoryStore) -> None:
    wide = RELEASE.replace("general", "wide").replace("requires: [", "requires: [{head_start: 30d, of: general}, ")
    seen = look(store, wide)
    waits = told(seen, Check.WITHHELD)
    assert len(waits) == 1
    assert waits[0].startswith(
        "wide does not permit m and n yet: it requires a head start of 30 days for general, but it"
    )
    assert told(seen, Check.NO_EFFECT) == []


@pytest.mark.parametrize(
    "text",
    [
        PATCH.replace("holds", "fails"),
        THRESHOLD.replace("word@1", "word@2"),
        judged("assessment", "more", "issuer: X", "threshold: word@1", "verdict: reached"),
        judged("finding", "again", "levels: critical", "supersedes: [way-around]", at="2026-07-12", models="[m]"),
        "lift: end\nissued: 2026-07-12T00:00:00Z\nfrom: 2026-07-12T00:00:00Z\nends: [spoken]\n",
    ],
)
def test_two_officers_decide_even_where_it_only_narrows(found: MemoryStore, text: str) -> None:
    seen = look(found, text)
    assert seen.narrows.answer is Answer.PROVED
    assert len(told(seen, Check.EVIDENCE)) == 1
    assert warrant_for_one(seen) is None


def test_a_finding_that_supersedes_may_widen_and_is_caught(found: MemoryStore) -> None:
    lower = judged("finding", "lower", "levels: low", "supersedes: [way-around]", at="2026-07-16", models="[m]")
    seen = look(found, lower)
    assert seen.narrows.answer is Answer.REFUTED
    assert told(seen, Check.REOPENS)[0].startswith("general permits m from 2026-07-16")


def test_one_officer_lifts_a_patch(store: MemoryStore) -> None:
    patched = enacted(MODELS + THRESHOLD + RELEASE + SPOKEN, FINDING, PATCH)
    lift = "lift: end\nissued: 2026-07-12T00:00:00Z\nfrom: 2026-07-18T00:00:00Z\nends: [mended]\n"
    seen = look(patched, lift)
    assert told(seen, Check.LAPSES)[0].startswith("general no longer permits m from 2026-07-18")
    assert warrant_for_one(seen) is not None


# --- what is proved, and what differs


def test_nobody_is_allowed_before_the_evidence_is_there() -> None:
    claim = "property: {}\nclaim: nobody-allowed\nmodels: [m]\nfrom: {}T00:00:00Z\nuntil: {}T00:00:00Z\n---\n"
    asked = claim.format("waits", "2026-07-01", "2026-07-05") + claim.format("later", "2026-07-01", "2026-07-06")
    asked += claim.format("gap", "2026-07-12", "2026-07-15") + claim.format("old", "2026-08-04", "2026-12-01")
    proposal = draft(None, MODELS + THRESHOLD + RELEASE + SPOKEN + FINDING + PATCH + asked)
    of = prover(proposal.before, proposal.rulebook)
    proofs = {each.name: of.prove(each) for each in proposal.properties}
    answers = {name: proof.answer for name, proof in proofs.items()}
    assert answers == {
        "waits": Answer.PROVED,
        "later": Answer.REFUTED,
        "gap": Answer.PROVED,
        "old": Answer.PROVED,
    }
    witness = proofs["later"].witness
    assert witness is not None
    assert witness.at == datetime(2026, 7, 5, tzinfo=UTC)


def test_a_finding_is_alive_and_one_that_nothing_asks_about_is_dead(found: MemoryStore) -> None:
    idle = judged("finding", "idle", "levels: low", models="[n]")
    claim = "property: {0}\nclaim: no-dead-instrument\ninstruments: [{1}]\n---\n"
    proposal = draft(found, idle + claim.format("one", "way-around") + claim.format("two", "idle"))
    of = prover(proposal.before, proposal.rulebook)
    assert [of.prove(each).answer for each in proposal.properties] == [Answer.PROVED, Answer.REFUTED]


def test_the_difference_says_why(store: MemoryStore) -> None:
    proposal = draft(store, FINDING)
    before, after = proposal.before, proposal.rulebook
    found = differences(before, after, since=NOW, limit=60, stopwatch=time.monotonic)
    assert [(each.change.model, each.start.day, each.change.by) for each in found.differences] == [
        ("m", 12, ("general",))
    ]
    said = " ".join(sentences(found, before, after, ("before", "after")))
    assert "no longer permits m, since it requires no open finding above medium, but `way-around` is open" in said
    assert first_difference(before, after, NOW) == datetime(2026, 7, 12, tzinfo=UTC)


# --- in words


def test_an_explanation_names_the_release_the_requirement_and_the_remedy(found: MemoryStore) -> None:
    book, at = book_of(found), datetime(2026, 7, 13, tzinfo=UTC)
    request = Request(dict.fromkeys(book.facts, False), "m", "use", at)
    decision = decide(book, request)
    assert decision.outcome is Outcome.REFUSE
    said = explain(book, request, decision, subject="ann").sentences
    assert (
        "Release `general` withholds `m` since 2026-07-12T00:00:00+00:00: it requires no open finding above medium, but"
        " `way-around` is open. A patch of `way-around` that holds, or a finding of at most medium that supersedes it,"
        " would meet it."
    ) in said
    assert not any("No release of m" in each for each in said)
    early = decide(book, request._replace(at=datetime(2026, 7, 2, tzinfo=UTC)))
    ahead = explain(book, request._replace(at=early.at), early, subject="ann").sentences
    assert any(each.startswith("From 2026-07-05 00:00:00+00:00, by general permits m and n (") for each in ahead)


def test_every_kind_of_requirement_is_said_in_words() -> None:
    first = RELEASE.replace("general", "first").partition("requires")[0] + "---\n"
    guard = "safeguard: word\nmodels: [n]\ncascade:\n"
    guard += "  - {classifier: c, version: '1', contract: embedded, flags_at: 0.5}\n---\n"
    wide = RELEASE.partition("requires")[0] + (
        "requires: [{head_start: 30d, of: first}, {safeguard: word}, {threshold: word@1, by: [An Institute]}]\n---\n"
    )
    against = judged("assessment", "against", "issuer: X", "threshold: word@1", "verdict: reached")
    book = draft(None, MODELS + THRESHOLD + first + guard + wide + against).rulebook
    said = [sentence(each) for each in withholding(book, "m", "use", NOW)]
    head_start, safeguard, assessed = (each.partition(": it requires ")[2] for each in said)
    assert head_start == (
        "a head start of 30 days for first, but it has had 9 days so far."
        " As things are, it is met by itself at 2026-07-31T00:00:00+00:00."
    )
    assert safeguard == (
        "the safeguard word, but `word` does not stand before it."
        " The safeguard `word`, standing before it, would meet it."
    )
    assert assessed == (
        "word@1 assessed as not reached by An Institute, but `against` says otherwise and An Institute has not said so."
        " An assessment of `word@1` as `not reached` by An Institute that supersedes `against` would meet it."
    )
    fields = tree(withholding(book, "m", "use", NOW)[0])
    assert (fields["release"], fields["so_far"], fields["against"]) == ("general", 9 * 86400, ["first"])
    assert withholding(book, "m", "tune", NOW) == ()
    assert withholding(book, "nothing", "use", NOW) == ()


def test_nobody_plants_a_release_alone_that_waits_for_others_evidence(store: MemoryStore) -> None:
    """It permits nothing today, so it is proved to only narrow; the next assessment would open it."""
    planted = RELEASE.replace("release: general", "release: planted").replace("An Institute", "Another")
    seen = look(store, planted)
    assert seen.narrows.answer is Answer.PROVED and warrant_for_one(seen) is None
    assert told(seen, Check.EVIDENCE) == [
        "planted permits more as soon as what it requires is met, so two officers decide on it"
    ]


def test_a_finding_that_leaves_models_of_the_old_one_out_says_so(found: MemoryStore) -> None:
    smaller = judged("finding", "elsewhere", "levels: low", "supersedes: [way-around]", at="2026-07-13", models="[n]")
    seen = look(found, smaller)
    assert warrant_for_one(seen) is None
    [said] = told(seen, Check.EVIDENCE)
    assert said.startswith("elsewhere takes the place of way-around, and m no longer has that finding against it")
