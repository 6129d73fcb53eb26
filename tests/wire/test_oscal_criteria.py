"""Criteria and verdicts meet NIST's schemas, refer to what is there, and look satisfied only where they passed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cases.test_decision import CATALOGUE, EVIDENCE
from tests.oscal_schema.official import NoSchema, errors

from licet.core.cases.criteria import Judged, Verdict
from licet.wire.oscal_criteria import Found, catalogue, results, written

FOUND = Found(
    "C-17",
    12,
    datetime(2026, 6, 26, tzinfo=UTC),
    "Ada Byron",
    "sha256:" + "7" * 64,
    (
        Judged("access@1#end-use", Verdict.PASS, "as stated", (EVIDENCE,)),
        Judged("access@1#holders", Verdict.INSUFFICIENT, "nobody is named"),
    ),
)


def checked(tree: dict[str, Any]) -> Any:
    read = json.loads(written(tree))
    try:
        assert errors(read) == []
        (kind,) = read
        assert errors({kind: {**read[kind], "uuid": "none"}})
    except NoSchema as missing:
        pytest.skip(str(missing))
    return read


def test_criteria_are_a_catalogue() -> None:
    (group,) = checked(catalogue(CATALOGUE))["catalog"]["groups"]
    assert [each["id"] for each in group["controls"]] == ["access.1.end-use", "access.1.holders"]
    assert group["controls"][0]["parts"][0]["prose"] == "The end use is stated."
    assert {each["name"]: each["value"] for each in group["controls"][0]["props"]}["decisive"] == "yes"


def test_a_criterion_says_its_identifier_its_source_whether_it_decides_and_what_evidence_it_takes() -> None:
    tree = catalogue(CATALOGUE)["catalog"]
    (group,) = tree["groups"]
    assert (group["id"], group["title"]) == ("access.1", "Criteria for access")
    first, second = ({each["name"]: each["value"] for each in one["props"]} for one in group["controls"])
    assert first == {"label": "end-use", "decisive": "yes", "source": "15 CFR 744.2"}
    assert second == {"label": "holders", "decisive": "no", "source": "15 CFR 748.5"}
    assert group["controls"][0]["parts"][1]["prose"] == "a statement"
    assert [each["citation"] for each in tree["back-matter"]["resources"]] == [{"text": "15 CFR 748.6"}]
    (named,) = tree["metadata"]["document-ids"]
    assert (named["scheme"].rpartition(":")[2], named["identifier"]) == ("criteria", CATALOGUE.digest)


def test_verdicts_name_the_official_and_the_criteria_unless_they_are_withheld() -> None:
    tree = results(FOUND, [CATALOGUE])["assessment-results"]
    (party,) = tree["metadata"]["parties"]
    assert (party["name"], party["type"]) == ("Ada Byron", "person")
    assert tree["metadata"]["responsible-parties"] == [{"role-id": "prepared-by", "party-uuids": [party["uuid"]]}]
    assert [each["value"] for each in tree["results"][0]["props"]] == ["access@1"]
    withheld = results(FOUND._replace(official=""), [CATALOGUE])["assessment-results"]
    assert not {"parties", "roles", "responsible-parties"} & withheld["metadata"].keys()


@pytest.mark.parametrize("verdict", Verdict)
def test_verdicts_are_assessment_results(verdict: Verdict) -> None:
    judged = (FOUND.judged[0], Judged("access@1#holders", verdict, "so"))
    (result,) = checked(results(FOUND._replace(judged=judged), [CATALOGUE]))["assessment-results"]["results"]
    states = {each["target"]["target-id"]: each["target"]["status"]["state"] for each in result["findings"]}
    assert states["access.1.end-use_smt"] == "satisfied"
    assert (states["access.1.holders_smt"] == "satisfied") == (verdict is Verdict.PASS)
    assert result["observations"][1]["props"][0]["value"] == verdict.value


def test_what_is_referred_to_is_there() -> None:
    tree = checked(results(FOUND, [CATALOGUE]))["assessment-results"]
    there = {each["uuid"] for each in tree["back-matter"]["resources"]}
    (result,) = tree["results"]
    (evidence,) = result["observations"][0]["relevant-evidence"]
    assert {evidence["href"].removeprefix("#"), tree["import-ap"]["href"].removeprefix("#")} <= there
    observations = {each["uuid"] for each in result["observations"]}
    assert {each["related-observations"][0]["observation-uuid"] for each in result["findings"]} == observations


def test_the_same_decision_is_the_same_bytes_and_nothing_judged_is_nothing() -> None:
    assert written(results(FOUND, [CATALOGUE])) == written(results(FOUND, [CATALOGUE]))
    with pytest.raises(ValueError, match="judges no criterion"):
        results(FOUND._replace(judged=()), [CATALOGUE])
