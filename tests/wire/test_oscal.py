"""Assessment results of every verdict meet NIST's schema, refer to what is there, and look satisfied only if shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from tests.judged import FINDING, HOLED, INSUFFICIENT, THRESHOLD, kept, rate
from tests.oscal_schema.official import NoSchema, errors

from licet.core.evidence.judgement import LineJudged, Reached, ThresholdJudgement
from licet.services.judging.asking import JudgingRefused
from licet.services.judging.assessment_results import results_of
from licet.wire.judgement.kept import digest_of
from licet.wire.oscal import token, written


def judged(whole: Reached, *lines: Reached, **changes: Any) -> ThresholdJudgement:
    """A threshold of which this is said, by two suites where more is said than there are lines."""
    names = ("alert", "red", "red", "red")
    said = tuple(
        LineJudged(names[n], 0.1 * (1 + (n > 0)), each, rate(6, 120), rate(7, 120), f"suite-{max(1, n)}", "elicited")
        for n, each in enumerate(lines)
    )
    return replace(THRESHOLD, verdict=whole, lines=said, **changes)


def made(judgement: ThresholdJudgement, party: str = "A. Lab") -> Any:
    """The assessment results, as they are read from their file."""
    return json.loads(written(results_of(kept(judgement), party)))["assessment-results"]


def states(document: Any) -> dict[str, tuple[str, str]]:
    """What is said of each objective."""
    found = [each["target"] for each in document["results"][0]["findings"]]
    return {each["target-id"]: (each["status"]["state"], each["status"]["reason"]) for each in found}


EVERY = {
    **{each.value: made(judged(each, each, each)) for each in Reached},
    "ready": made(THRESHOLD),
    "insufficient": made(INSUFFICIENT, ""),
    "several suites": made(judged(Reached.CANNOT_RULE_OUT, *Reached)),
    "bare": made(
        judged(Reached.INSUFFICIENT, coverage=HOLED, sources=(), suites=(), judge=None, why=(), next=None, families=())
    ),
    "odd names": made(replace(THRESHOLD, subject="7 lives/of ä@1", model="  a b ", why=("a\nb",)), " A. Lab "),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_verdict_meets_the_schema(name: str) -> None:
    try:
        found = errors({"assessment-results": EVERY[name]})
        wrong = errors({"assessment-results": {**EVERY[name], "uuid": "none"}})
    except NoSchema as missing:
        pytest.skip(str(missing))
    assert found == []
    assert wrong


def named(tree: Any) -> Iterator[tuple[str, str]]:
    """Every identifier and every reference in a document, with the member that holds it."""
    if isinstance(tree, list):
        for each in tree:
            yield from named(each)
    elif isinstance(tree, dict):
        for key, each in tree.items():
            if isinstance(each, str) and (key.endswith("uuid") or (key == "href" and each.startswith("#"))):
                yield key, each.removeprefix("#")
            else:
                yield from named(each)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_referred_to_is_there_once(name: str) -> None:
    document = EVERY[name]
    here = [each for key, each in named(document) if key == "uuid"]
    assert len(here) == len(set(here))
    assert {each for key, each in named(document) if key != "uuid"} <= set(here)
    objectives = {
        part["id"] for each in document["local-definitions"]["objectives-and-methods"] for part in each["parts"]
    }
    assert set(states(document)) == objectives


@pytest.mark.parametrize(("whole", "alert", "red"), list(product(Reached, repeat=3)))
def test_nothing_looks_satisfied_that_was_not_shown(whole: Reached, alert: Reached, red: Reached) -> None:
    document = made(judged(whole, alert, red))
    said = states(document)
    passed = ("satisfied", "pass")
    assert (said["word_uplift.1"] == passed) == (whole is Reached.NOT_REACHED)
    for line, reached in (("alert", alert), ("red", red)):
        assert (said[f"word_uplift.1_{line}"] == passed) == (whole is reached is Reached.NOT_REACHED)
        assert (said[f"word_uplift.1_{line}"] == ("not-satisfied", "fail")) == (reached is Reached.REACHED)
    assert all(state == "not-satisfied" or reason == "pass" for state, reason in said.values())
    risks = document["results"][0].get("risks", [])
    assert len(risks) == (alert is Reached.REACHED) + (red is Reached.REACHED)
    assert all(each["status"] == "open" for each in risks)


def test_of_several_suites_the_worst_counts() -> None:
    fine = Reached.NOT_REACHED
    assert states(made(judged(fine, fine, fine, fine)))["word_uplift.1_red"] == ("satisfied", "pass")
    for worse in (Reached.CANNOT_RULE_OUT, Reached.INSUFFICIENT):
        found = states(made(judged(fine, fine, fine, worse)))
        assert found["word_uplift.1_red"] == ("not-satisfied", "other")
        assert found["word_uplift.1_alert"] == ("satisfied", "pass")
    assert states(made(judged(fine, fine, Reached.REACHED, fine)))["word_uplift.1_red"] == ("not-satisfied", "fail")


def test_an_observation_has_its_figures_its_subject_and_its_evidence_by_digest() -> None:
    document = made(judged(Reached.NOT_REACHED, Reached.NOT_REACHED))
    result = document["results"][0]
    observation = result["observations"][0]
    figures = {each["name"]: each["value"] for each in observation["props"]}
    assert observation["methods"] == ["TEST"]
    assert (figures["rate"], figures["trials"], figures["suite"], figures["arm"]) == (
        "0.05",
        "120",
        "suite-1",
        "elicited",
    )
    (component,) = result["local-definitions"]["components"]
    assert observation["subjects"][0]["subject-uuid"] == component["uuid"]
    assert component["title"] == "fable-5"
    resources = {each["uuid"]: each for each in document["back-matter"]["resources"]}
    evidence = [resources[each["href"][1:]] for each in observation["relevant-evidence"]]
    hashes = [each["rlinks"][0]["hashes"][0] for each in evidence]
    assert [f"sha256:{each['value']}" for each in hashes] == [each.digest for each in THRESHOLD.sources]
    assert resources[document["import-ap"]["href"][1:]]["props"][0]["value"] == THRESHOLD.threshold_digest


def test_the_same_judgement_is_the_same_bytes_and_another_has_other_identifiers() -> None:
    assert written(results_of(kept(THRESHOLD))) == written(results_of(kept(THRESHOLD)))
    assert digest_of(kept(THRESHOLD)).encode() in written(results_of(kept(THRESHOLD)))
    one, other = (
        {each for key, each in named(made(judgement)) if key == "uuid"} for judgement in (THRESHOLD, INSUFFICIENT)
    )
    shared = {each["uuid"] for each in made(THRESHOLD)["back-matter"]["resources"]}
    assert not one & other
    assert shared <= one


def test_who_assessed_is_named_only_if_they_are_known() -> None:
    assert made(THRESHOLD)["metadata"]["parties"][0]["name"] == "A. Lab"
    assert not {"parties", "roles", "responsible-parties"} & made(THRESHOLD, "")["metadata"].keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("word_uplift@1", "word_uplift.1"), ("7 lives", "_7-lives"), ("", "_"), ("a/b", "a-b"), (".x", "_.x")],
)
def test_names_become_tokens(text: str, expected: str) -> None:
    assert token(text) == expected


def test_a_finding_and_a_nameless_party_are_refused() -> None:
    with pytest.raises(JudgingRefused, match="about a threshold"):
        results_of(kept(FINDING))
    with pytest.raises(JudgingRefused, match="no name of who assessed"):
        results_of(kept(THRESHOLD), "\n")
