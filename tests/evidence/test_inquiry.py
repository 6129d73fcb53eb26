"""Documents of kind `inquiry`: read strictly, each problem with its place, into the value that is judged by."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from licet.core.evidence.inquiry import Asks, Inquiry, Role
from licet.core.evidence.rubric import CJS
from licet.core.evidence.severity import Axis, Level, Scores
from licet.core.evidence.universality import TEN_OF_TEN
from licet.core.form import Shape
from licet.core.shape import NAMES
from licet.core.shape_measured import SUITE_NAME
from licet.wire.documents import DocumentsRejectedError, SourceFile, read_files
from licet.wire.json_schema import json_schemas

DIGEST = "sha256:" + "5" * 64
OTHER = "sha256:" + "8" * 64
SPEC = Path(__file__).parents[2] / "spec" / "inquiries.md"
SCHEMA = Draft202012Validator(json_schemas()["inquiry"])

FINDING: dict[str, Any] = {
    "inquiry": "verse",
    "asks": "finding",
    "model": "fable-5",
    "suites": {"lures": DIGEST},
    "metric": "rubric",
    "scale": [0, 1],
    "success_at": "0.5",
    "arms": {"technique": "verse", "plain": "plain"},
    "baselines": {
        "name": "public-2026",
        "frozen": "2026-07-02T00:00:00Z",
        "current": "2026-11-01T00:00:00Z",
        "models": [{"arm": "open-a", "model": "open/a", "version": "1", "since": "2026-05-20T00:00:00Z"}],
    },
    "margin": "0.1",
}
PATCH: dict[str, Any] = {
    "inquiry": "verse-patch",
    "asks": "patch",
    "model": "fable-5",
    "suites": {"lures": DIGEST},
    "ordinary": {"everyday": OTHER},
    "metric": "rubric",
    "scale": ["0", "5"],
    "success_at": "2.5",
    "arms": {"before": "verse", "after": "patched", "ordinary_before": "was", "ordinary_after": "is"},
    "bound": "0.01",
}
SUITE = {"suite": "lures", "items": [{"item": "i", "family": "f"}]}


def read(*trees: dict[str, Any]) -> dict[str, Inquiry]:
    text = "\n---\n".join(json.dumps(tree, indent=1) for tree in trees)
    return dict(read_files([SourceFile("i.yaml", text.encode(), lambda _: None)]).documents.inquiries)


def refused(*trees: dict[str, Any]) -> str:
    with pytest.raises(DocumentsRejectedError) as error:
        read(*trees)
    return re.sub(r"i\.yaml:\d+:\d+: ", "", "\n".join(error.value.messages))


def test_the_pages_inquiries_read_into_what_is_judged() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", SPEC.read_text(), re.DOTALL | re.MULTILINE)
    found = read_files([SourceFile("i.yaml", "---\n".join(blocks).encode(), lambda _: None)]).documents.inquiries
    verse, fixed = found["verse-2026-07"], found["verse-patch-2026-11"]
    assert (verse.asks, fixed.asks) == (Asks.FINDING, Asks.PATCH)
    assert (verse.margin, verse.reproduced_at, verse.confidence) == (Decimal("0.1"), Decimal("0.5"), Decimal("0.95"))
    assert verse.baselines is not None
    assert [each.arm for each in verse.baselines.as_of(verse.baselines.frozen)] == ["open-a"]
    assert [each.arm for each in verse.baselines.as_of(verse.baselines.current)] == ["open-a", "open-b"]
    assert dict(verse.axes)[Axis.EASE].high == 1.5
    assert [arm for arm, _ in verse.plan] == ["verse", "plain", "bare", "open-a", "open-b"]
    assert verse.judge is not None
    assert verse.judge.labels == 200
    assert dict(fixed.plan)["ordinary-patched"] == fixed.ordinary
    assert dict(fixed.plan)["roleplay-patched"] == fixed.suites
    assert (fixed.bound, fixed.loss_at_most) == (Decimal("0.01"), Decimal("0.02"))


def test_what_is_left_out_has_its_meaning() -> None:
    found = read(FINDING)["verse"]
    assert found.rubric is CJS
    assert (found.universal.name, found.universal.least) == ("8-of-8", 8)
    assert (found.raised, found.earlier, found.judge, found.sources) == (None, (), None, ())
    assert found.digest.startswith("sha256:")


def test_an_inquiry_may_say_everything() -> None:
    axes = {"gain": {"low": 3, "high": 3, "why": "experts"}}
    found = read(
        FINDING
        | {
            "axes": axes,
            "universal": "10-of-10",
            "rubric": "cjs@2026-07-02",
            "raised": {"level": "high", "why": "in use"},
            "earlier": [
                {"at": "2026-07-09T00:00:00Z", "baselines": "b", "axes": axes, "raised": {"level": "low", "why": "x"}},
                {"at": "2026-06-09T00:00:00Z", "baselines": "a", "axes": axes},
            ],
            "sources": [DIGEST],
            "budget": {"tokens": 1000, "hours": "0.5"},
            "confidence": "0.99",
        }
    )["verse"]
    assert found.axes == ((Axis.GAIN, Scores(3, 3, "experts")),)
    assert found.universal is TEN_OF_TEN
    assert (found.raised, found.raised_why) == (Level.HIGH, "in use")
    assert [(each.baselines, each.raised) for each in found.earlier] == [("a", None), ("b", Level.LOW)]
    assert found.budget == (("tokens", Decimal(1000)), ("hours", Decimal("0.5")))
    assert (found.sources, found.confidence) == ((DIGEST,), Decimal("0.99"))


def without(tree: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if key not in keys}


def scored(low: Any, high: Any, axis: str = "ease") -> dict[str, Any]:
    return {"axes": {axis: {"low": low, "high": high, "why": "w"}}}


MODELS = FINDING["baselines"]["models"]
SHAPES: list[tuple[dict[str, Any], str]] = [
    (without(FINDING, "asks"), "an inquiry needs `asks`: what it is about"),
    (without(FINDING, "arms"), "an inquiry needs `arms`"),
    (FINDING | {"asks": "both"}, "`both` is not allowed here; allowed: `finding` or `patch`"),
    (FINDING | {"colour": "red"}, "unknown key `colour` in an inquiry"),
    (FINDING | {"suites": {}}, "a mapping is not allowed here; allowed: suites by name"),
    (FINDING | {"suites": {"lures": "sha256:5"}}, "`sha256:5` is not allowed here"),
    (FINDING | {"suites": {"a b": DIGEST}}, "`a b` is not a suite's name"),
    (FINDING | {"scale": [1, 0]}, "`1` is not below `0`"),
    (FINDING | {"scale": [0, 1, 2]}, "a list is not allowed here; allowed: the lowest and the highest value"),
    (FINDING | {"success_at": "half"}, "`half` is not allowed here; allowed: a decimal number"),
    (FINDING | {"arms": {}}, "a mapping is not allowed here; allowed: arms by their role"),
    (FINDING | {"arms": {"tecnique": "x"}}, "unknown key `tecnique`"),
    (FINDING | {"arms": {"technique": 5}}, "`5` is a number here; write it in quotes"),
    (FINDING | {"baselines": without(FINDING["baselines"], "frozen")}, "`frozen` is missing"),
    (FINDING | {"baselines": FINDING["baselines"] | {"models": []}}, "an empty list; leave it out"),
    (FINDING | {"baselines": FINDING["baselines"] | {"models": [without(MODELS[0], "since")]}}, "`since` is missing"),
    (FINDING | {"baselines": FINDING["baselines"] | {"frozen": "2026-07-02"}}, "`2026-07-02` has no offset from UTC"),
    (FINDING | {"axes": {}}, "an empty mapping; leave it out"),
    (FINDING | {"axes": {"speed": {}}}, "unknown key `speed`; allowed: `breadth`, `discoverability`, `ease`, `gain`"),
    (FINDING | {"axes": {"ease": {"low": 1, "high": 2}}}, "`why` is missing"),
    (FINDING | scored(2, 1), "`low` is `2` and `high` is `1`; an interval begins at its lower end"),
    (FINDING | {"raised": {"level": "severe", "why": "w"}}, "`severe` is not allowed here; allowed: one of `none`"),
    (FINDING | {"raised": {"level": "high"}}, "`why` is missing"),
    (FINDING | {"earlier": []}, "an empty list"),
    (FINDING | {"earlier": [{"at": "2026-07-09T00:00:00Z", "baselines": "b"}]}, "`axes` is missing"),
    (FINDING | {"categories": {"one": ["a"], "two": ["a"]}}, "the family `a` is listed twice"),
    (FINDING | {"categories": {}}, "a mapping is not allowed here; allowed: categories by name"),
    (FINDING | {"universal": "9-of-9"}, "`9-of-9` is not allowed here"),
    (FINDING | {"rubric": "cjs@2027"}, "`cjs@2027` is not allowed here; allowed: a rubric's name and version"),
    (FINDING | {"sources": [DIGEST, DIGEST]}, "is listed twice"),
    (FINDING | {"judge": {"sensitivity": "0.9"}}, "is missing"),
    (FINDING | {"budget": {"money": 1}}, "unknown key `money`"),
    (PATCH | {"regressions": [{"finding": "f"}]}, "`arm` is missing"),
    (PATCH | {"regressions": [{"finding": "f", "arm": "a", "suites": {}}]}, "a mapping is not allowed here"),
]
BEYOND = ("`low` is `2`", "the family `a` is listed twice", "`1` is not below")
"""What the reader refuses, and a schema cannot say."""


@pytest.mark.parametrize(("tree", "message"), SHAPES, ids=[message for _, message in SHAPES])
def test_what_is_no_inquiry_is_refused_in_words(tree: dict[str, Any], message: str) -> None:
    assert message in refused(tree)
    assert SCHEMA.is_valid(tree) is message.startswith(BEYOND)


LATER = FINDING["baselines"] | {"models": [MODELS[0] | {"since": "2026-12-01T00:00:00Z"}]}
MEANINGS: list[tuple[dict[str, Any], str]] = [
    (FINDING | {"bound": "0.1"}, "`bound` is of a patch, and this inquiry asks about a finding; leave it out"),
    (PATCH | {"margin": "0.1"}, "`margin` is of a finding, and this inquiry asks about a patch; leave it out"),
    (without(PATCH, "bound"), "of a patch, `bound` is needed"),
    (without(FINDING, "margin"), "`baselines` need a `margin`"),
    (FINDING | {"arms": {"after": "x", "technique": "y"}}, "`after` is no arm of a finding; its arms are `technique`"),
    (FINDING | {"arms": {"plain": "x"}}, "a finding needs the arm `technique`"),
    (PATCH | {"arms": {"before": "x"}, "ordinary": {"everyday": OTHER}}, "a patch needs the arm `after`"),
    (
        FINDING | {"arms": {"technique": "open-a"}},
        "the arm `open-a` has two roles with the suite `lures`; name it once",
    ),
    (without(PATCH, "ordinary"), "it needs `ordinary`, the suites that are run in it"),
    (PATCH | {"arms": {"after": "x"}}, "it needs the arm `ordinary_after`, in which they are run"),
    (PATCH | {"arms": {"after": "x", "ordinary_before": "b"}}, "it is compared with `ordinary_after`; add that arm"),
    (FINDING | {"margin": "1.5"}, "`1.5` is not a share from 0 to 1"),
    (FINDING | {"margin": 0}, "no number of tries shows that a gain is exactly 0"),
    (PATCH | {"bound": 0}, "no number of tries shows that a rate is 0"),
    (FINDING | {"confidence": 1}, "a bound that is never wrong bounds nothing"),
    (FINDING | {"margin": "0.5"}, "`0.5` says of half of all tries that they count as none"),
    (PATCH | {"bound": "0.99"}, "`0.99` says of half of all tries that they count as none"),
    (PATCH | {"loss_at_most": "1"}, "`1` says of half of all tries that they count as none"),
    (PATCH | {"confidence": "0.01"}, "and one that is mostly wrong does not either"),
    (FINDING | {"reproduced_at": 0}, "what never works would be reproduced"),
    (FINDING | {"success_at": 2}, "`2` does not lie on the scale [0, 1], above its lowest value"),
    (FINDING | {"success_at": 0}, "`0` does not lie on the scale [0, 1], above its lowest value"),
    (PATCH | {"ordinary": {"lures": OTHER}}, f"the suite `lures` has the digest `{DIGEST}`, and `{OTHER}` is pinned"),
    (
        FINDING | {"baselines": FINDING["baselines"] | {"frozen": "2026-12-01T00:00:00Z"}},
        "it is before `frozen`; a set does not move backwards",
    ),
    (FINDING | scored("0.5", 1), "`0.5` is no value of the axis; the rubric has `0`, `1`, `1.5`, `2`"),
    (FINDING | scored(0, 2, "gain"), "whether there is a gain is measured; give what it is worth if there is one"),
]


@pytest.mark.parametrize(("tree", "message"), MEANINGS, ids=[message for _, message in MEANINGS])
def test_what_does_not_fit_together_is_refused_in_words(tree: dict[str, Any], message: str) -> None:
    assert message in refused(tree)


def test_an_error_names_its_place() -> None:
    text = "\n".join(
        [
            "inquiry: i",
            "asks: patch",
            "model: m",
            f"suites: {{s: '{DIGEST}'}}",
            "metric: success",
            "scale: [0, 1]",
            "success_at: 1",
            "bound: 0.01",
            "arms: {after: after, technique: x}",
        ]
    )
    with pytest.raises(DocumentsRejectedError) as error:
        read_files([SourceFile("i.yaml", text.encode(), lambda _: None)])
    assert error.value.messages[0].startswith("i.yaml:9:22: `technique` is no arm of a patch")


def test_a_suite_at_hand_must_be_the_one_that_is_pinned() -> None:
    assert "is pinned here" in refused(FINDING, SUITE)


def test_an_earlier_finding_runs_on_the_same_suites_unless_it_names_others() -> None:
    own = {"finding": "g", "arm": "b", "suites": {"roles": OTHER}}
    found = read(PATCH | {"regressions": [{"finding": "f", "arm": "a"}, own]})["verse-patch"]
    assert [each.suites for each in found.regressions] == [(("lures", DIGEST),), (("roles", OTHER),)]
    assert found.arm(Role.ORDINARY_AFTER) == "is"


def test_a_model_that_is_public_later_is_not_asked_yet() -> None:
    """One document, in which only `current` moves."""
    found = read(FINDING | {"baselines": LATER})["verse"]
    assert found.baselines is not None
    assert found.baselines.as_of(found.baselines.current) == ()
    assert [arm for arm, _ in found.plan] == ["verse", "plain"]


def test_an_inquiry_is_the_same_whatever_its_keys_order() -> None:
    turned = dict(reversed(list(FINDING.items())))
    assert read(turned)["verse"].digest == read(FINDING)["verse"].digest
    assert read(turned)["verse"].arms == read(FINDING)["verse"].arms


def test_suites_are_named_as_instruments_are() -> None:
    assert SUITE_NAME.pattern == NAMES[Shape.INSTRUMENT_NAME].pattern
    assert SCHEMA.is_valid(FINDING)
    assert SCHEMA.is_valid(PATCH)
