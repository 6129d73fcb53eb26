"""What a journal says of safeguards, decided again: what follows from what they said holds, nothing else does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.record.june_log import (
    ALL,
    CITIZEN,
    CLAIM,
    FOREIGNER,
    MODELS,
    ORDERED,
    SECOND,
    Sealed,
    decision,
    enacted,
    file_of,
    payload,
    published,
)

from licet.core.rulebook import Rulebook
from licet.record.claims.claim import ClaimVerdict, Outcome
from licet.record.claims.enforcement import check_claim
from licet.record.log.entries import Acknowledged
from licet.record.refusal import Malformed
from licet.record.sealed.journal_records import Decided, Ended, read_record
from licet.wire.documents import Reading, SourceFile, read_files
from licet.wire.journal import EndRecord, Led, Screened, Unjudged

GUARD = b"""\
safeguard: word
models: [fable-5]
cascade:
  - {classifier: cheap, version: "1", contract: embedded, flags_at: 0.9, clears_below: 0.2}
  - {classifier: dear, version: "2", contract: embedded, flags_at: 0.5}
---
safeguard: answers
models: [opus-4.8]
on: [answer]
cascade: [{classifier: cheap, version: "1", contract: embedded, flags_at: 0.9}]
"""
AT = ORDERED + 60 * SECOND


def _reading() -> Reading:
    lists = {digest: content for each in ALL.written for digest, content in each.lists.items()}
    before = [*MODELS.written, *ALL.written]
    file = SourceFile("guard.yaml", GUARD, lambda _: None)
    return read_files([file], before, lambda _, digest: lists.get(digest or ""))


READING = _reading()
BOOK: Rulebook = READING.rulebook(3)


def said(classifier: str, version: str, threshold: str, led: Led, score: str | None, **more: Any) -> Screened:
    return Screened(
        safeguard="word", classifier=classifier, version=version, threshold=threshold, led=led, score=score, **more
    )


CLEARED = (said("cheap", "1", "0.9", Led.CLEARED, "0.02"),)
FLAGGED = (said("cheap", "1", "0.9", Led.FLAGGED, "0.97"),)
ASKED = (said("cheap", "1", "0.9", Led.ASKED_ON, "0.40"), said("dear", "2", "0.5", Led.FLAGGED, "0.50"))
AWAY = (said("cheap", "1", "0.9", Led.NOT_JUDGED, None, why=Unjudged.AWAY),)
SERVED: dict[str, Any] = {"outcome": "serve", "served": "fable-5", "instruments": ("dev-fable-5-2026-06-09",)}
REFUSED: dict[str, Any] = {"outcome": "refuse", "served": None, "instruments": (), "unknown": ()}


def record(safeguards: tuple[Screened, ...], leaf: Any = CITIZEN, number: int = 1, **changed: Any) -> bytes:
    return decision(number, AT, leaf, rulebook=BOOK.digest, epoch=2, **{"safeguards": safeguards, **changed})


def third(found: bytes) -> bytes:
    """The same under the third epoch."""
    return found.replace(b'"epoch":2', b'"epoch":3')


def ended(*safeguards: Screened, how: str = "done", number: int = 1) -> bytes:
    return payload(EndRecord(id=f"w0-{number}", at=AT + SECOND, how=how, safeguards=safeguards))  # type: ignore[arg-type]


def verdict(*records: bytes) -> ClaimVerdict:
    world = Sealed()
    world.entries += [*published(READING.written), enacted(3, AT - SECOND, READING.written, BOOK)]
    world.entries.append(Acknowledged(3, "w0", AT - SECOND / 2))
    world.seal(file_of(list(map(third, records))))
    return check_claim(replace(CLAIM, since=AT - 0.1 * SECOND), world.read, world.open)


def whys(found: ClaimVerdict) -> str:
    return "\n".join(map(str, (*found.violations, *found.missing)))


def instead() -> dict[str, Any]:
    """What serves a citizen instead of `fable-5`, by the rulebook."""
    releases = [each.name for each in BOOK.in_force(AT) if "opus-4.8" in getattr(each, "models", ())]
    return {"outcome": "substitute", "served": "opus-4.8", "instruments": tuple(sorted(releases))}


def test_a_log_gives_the_rulebook_with_its_safeguards() -> None:
    assert set(BOOK.safeguards) == {"word", "answers"}
    assert "fable-5" in BOOK.catalogue.models and "opus-4.8" in BOOK.catalogue.models["fable-5"].fallback
    assert BOOK.digest != ALL.rulebook(2).digest


@pytest.mark.parametrize(
    ("safeguards", "changed"),
    [
        (CLEARED, SERVED),
        ((said("cheap", "1", "0.9", Led.ASKED_ON, "0.20"), said("dear", "2", "0.5", Led.CLEARED, "0.50")), SERVED),
        (FLAGGED, None),
        (ASKED, None),
        (AWAY, None),
        (FLAGGED, REFUSED),
    ],
)
def test_what_follows_from_what_safeguards_said_holds(
    safeguards: tuple[Screened, ...], changed: dict[str, Any] | None
) -> None:
    changed = changed or instead()
    records = [record(safeguards, **changed)]
    records += [ended()] if changed["served"] else []
    found = verdict(*records)
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert found.tally.flagged == (safeguards not in (CLEARED,) and changed is not SERVED)
    assert found.tally.elsewhere == 0


def other(**changed: Any) -> tuple[Screened, ...]:
    fields = {"safeguard": "word", "classifier": "cheap", "version": "1", "threshold": "0.9", "led": Led.FLAGGED}
    return (Screened(**{**fields, "score": "0.97", **changed}),)


@pytest.mark.parametrize(
    ("safeguards", "changed", "why"),
    [
        ((), SERVED, "before which the safeguard `word` stands: not asked"),
        (FLAGGED, SERVED, "before which the safeguard `word` stands: flagged"),
        (AWAY, SERVED, "before which the safeguard `word` stands: could not be judged"),
        (CLEARED, None, "recorded was substitute"),
        (other(safeguard="another"), None, "`another`, which was not in force"),
        (other(safeguard="answers"), None, "`answers`, which was not in force for requests"),
        (other(classifier="dear"), None, "names another classifier, version or threshold"),
        (other(version="7"), None, "names another classifier, version or threshold"),
        (other(threshold="0.8"), None, "names another classifier, version or threshold"),
        (other(score="0.30"), None, "a score of 0.30 does not lead to `flagged`"),
        (other(led=Led.CLEARED, score="0.70"), SERVED, "a score of 0.70 does not lead to `cleared`"),
        (other(led=Led.ASKED_ON, score="0.95"), SERVED, "a score of 0.95 does not lead to `asked on`"),
        ((said("cheap", "1", "0.9", Led.ASKED_ON, "0.40"),), None, "does not end where it was settled"),
        ((*FLAGGED, *ASKED[1:]), None, "does not end where it was settled"),
    ],
)
def test_what_does_not_follow_is_found(
    safeguards: tuple[Screened, ...], changed: dict[str, Any] | None, why: str
) -> None:
    found = verdict(record(safeguards, **(changed or instead())), ended())
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert why in whys(found)


def test_a_fallback_is_itself_allowed() -> None:
    """A foreigner may not have `fable-5`: what safeguards say of it changes nothing, and widens nothing."""
    found = verdict(record(FLAGGED, FOREIGNER, **SERVED), ended())
    assert found.outcome is Outcome.DOES_NOT_HOLD
    plain = verdict(record((), FOREIGNER), ended())
    assert plain.outcome is Outcome.HOLDS, whys(plain)


def test_what_was_said_of_answers_is_held_against_the_rulebook() -> None:
    one = Screened(safeguard="answers", classifier="cheap", version="1", threshold="0.9", led=Led.FLAGGED, score="0.99")
    found = verdict(record(FLAGGED, **instead()), ended(one, how="cut"))
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert (found.tally.flagged, found.tally.stopped) == (1, 1)
    for wrong in (*other(safeguard="none"), *other(safeguard="answers", version="9")):
        assert verdict(record(FLAGGED, **instead()), ended(wrong, how="cut")).outcome is Outcome.DOES_NOT_HOLD


def test_records_with_safeguards_read_alike_whichever_way() -> None:
    """As the gate spells it, and with its keys in another order, which only the strict reader reads."""
    for found in (record(ASKED, **instead()), ended(*FLAGGED, how="cut")):
        read = read_record(found)
        again = read_record(found.replace(b'{"type":', b'{ "type":'))
        assert read == again and isinstance(read, Decided | Ended)
        assert [each.led for each in read.safeguards][-1] == "flagged"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"score":"0.97"', b'"score":"1.97"'),
        (b'"score":"0.97"', b'"score":0.97'),
        (b'"led":"flagged"', b'"led":"fine"'),
        (b'"led":"flagged"', b'"led":"could not be judged"'),
        (b'"score":"0.97"', b'"why":"slow"'),
        (b'"score":"0.97"', b'"score":"0.97","text":"secret"'),
        (b'"score":"0.97"', b'"score":"0.97","score":"0.97"'),
        (b'"threshold":"0.9"', b'"threshold":"high"'),
        (b'"threshold":"0.9",', b""),
        (b"[{", b"{"),
    ],
)
def test_what_safeguards_cannot_have_said_is_no_record(old: bytes, new: bytes) -> None:
    for found in (record(FLAGGED, **instead()), ended(*FLAGGED, how="cut")):
        assert old in found
        with pytest.raises(Malformed):
            read_record(found.replace(old, new))
