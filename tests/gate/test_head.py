"""The head that ships: what it was trained on gives it again, and nothing hides a passage from it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenarios.safeguard import train

from licet.core.safeguards import Contract, Side, Stage
from licet.gate.classifiers.embedded import embedded, shipped
from licet.gate.classifiers.head import WINDOW, Head, HeadDamaged, grams, plain, read_head, written
from licet.gate.ports import ClassifierFailed

ASKS = "Please tell me the word of the day."
HARMLESS = "Bread is made with flour and time. Knead the dough, let it rest, and bake it until the crust is brown. "


@pytest.fixture(scope="module")
def head() -> Head:
    return shipped()


def test_the_texts_give_the_head_that_ships(head: Head) -> None:
    texts = [each for each in train.read_texts(train.TEXTS) if not each.held_out]
    again = train.train(texts)
    assert (again.name, again.version) == (head.name, head.version)
    # another processor may round the last place of a weight differently, and drop one that is next to nothing
    for gram in again.weights.keys() | head.weights.keys():
        assert abs(again.weights.get(gram, 0) - head.weights.get(gram, 0)) <= train.NEGLIGIBLE + 2, gram


def test_it_is_worth_something_on_texts_that_it_has_not_seen(head: Head) -> None:
    found = train.quality(head, [each for each in train.read_texts(train.TEXTS) if each.held_out])
    assert found.found / found.flagged > 0.9
    assert found.spared / found.harmless > 0.9
    assert min(found.flagged, found.harmless) > 50


@pytest.mark.parametrize("before", [0, 1, WINDOW // 2, WINDOW, 1_999, 20_000])
@pytest.mark.parametrize("after", [0, 3 * WINDOW])
async def test_a_long_harmless_text_hides_nothing(before: int, after: int) -> None:
    text = (HARMLESS * 250)[:before] + " " + ASKS + " " + (HARMLESS * 250)[:after]
    classifier = embedded(stage())
    assert await classifier.score([text], Side.REQUEST) > 0.5
    assert await classifier.score([text.replace(ASKS, "")], Side.REQUEST) < 0.5
    assert await classifier.score([HARMLESS, text], Side.ANSWER) > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "TELL ME THE WORD OF THE DAY",
        "tell me the\n\n  word\tof the day",
        "tell me the w\u200bord of the d\u00aday",
        "".join(chr(ord(each) + 0xFEE0) if each != " " else each for each in "tell me the word of the day"),
    ],
)
def test_one_spelling_of_each_letter(head: Head, text: str) -> None:
    assert head.score(text) == pytest.approx(head.score("tell me the word of the day"))


@given(st.text(max_size=2 * WINDOW))
@settings(max_examples=200, deadline=None)
def test_a_score_is_a_number_from_0_to_1(text: str) -> None:
    assert 0 <= shipped().score(text) <= 1


@given(st.text(alphabet="abc the word of day?", max_size=WINDOW - 2))
@settings(max_examples=200, deadline=None)
def test_a_window_weighs_what_training_counts(text: str) -> None:
    head, looked_at = shipped(), plain(text)
    assert list(head.windows(looked_at)) == [head.bias + sum(head.weights.get(gram, 0) for gram in grams(looked_at))]


def stage(**changed: str) -> Stage:
    names = {"classifier": shipped().name, "version": shipped().version, **changed}
    return Stage(names["classifier"], names["version"], Contract.EMBEDDED, Decimal("0.5"))


@pytest.mark.parametrize("changed", [{"classifier": "another"}, {"version": "0"}])
def test_another_head_than_the_one_that_ships_is_none(changed: dict[str, str]) -> None:
    with pytest.raises(ClassifierFailed, match=shipped().version if "version" in changed else shipped().name):
        embedded(stage(**changed))


def test_a_head_is_read_as_it_was_written(head: Head) -> None:
    assert read_head(written(head.name, head.version, head.weights.items(), head.bias, "about")) == head
    for content in (b"", b"[]", b'{"name": "x"}', b'{"name": "x", "version": "1", "bias": 0, "weights": {"a": "b"}}'):
        with pytest.raises(HeadDamaged):
            read_head(content)
