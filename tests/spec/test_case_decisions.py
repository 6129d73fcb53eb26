"""The pages on decisions and redaction say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from licet.cases.decision.decision import KEYS, decision_of, decision_tree
from licet.cases.decision.missing import missing
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Deciding
from licet.services.cases.folder_words import WHAT
from licet.wire import yaml
from licet.wire.documents import read_cases
from licet.wire.secrecy import shipped_grounds

SPEC = Path(__file__).parents[2] / "spec"
DECISIONS, REDACTION = ((SPEC / name).read_text() for name in ("decisions.md", "redaction.md"))


def test_the_example_reads_and_lacks_only_the_other_criteria() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```", DECISIONS, re.DOTALL | re.MULTILINE)
    (document,) = yaml.read("decision.yaml", block.encode())
    decision = decision_of({"decision": document.tree}, Deciding.GRANT)
    (catalogue,) = (each for each in read_cases(()).criteria.values() if each.name == "frontier_access@2026-07")
    assert isinstance(catalogue, Criteria)
    lacks = missing(decision, Deciding.GRANT, [catalogue])
    assert len(lacks) == len(catalogue.criteria) - 1
    assert all(" is not judged" in each for each in lacks)
    assert set(decision_tree(decision)) <= set(KEYS)


def test_every_member_of_a_decision_and_every_way_to_decide_is_on_the_page() -> None:
    for key in (*KEYS, *(each.value for each in Deciding)):
        assert f"`{key}`" in DECISIONS, key


def test_every_file_of_the_folder_is_on_the_page() -> None:
    table = DECISIONS.partition("## A case as a folder")[2]
    for pattern, _ in WHAT:
        first = pattern.partition(r"\d")[0].partition(".*")[0].replace("\\", "")
        assert first.rstrip("/") in table, pattern


def test_the_grounds_on_the_page_are_those_that_ship() -> None:
    for each in shipped_grounds().values():
        assert f"| `{each.secrecy.value}` | {each.why} | {'; '.join(each.sources)} |" in REDACTION
        assert f"(as of {each.as_of.isoformat()})" in REDACTION
