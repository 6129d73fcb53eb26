"""Differences in sentences that a lawyer reads: when, who, what becomes of them, by what, and for example whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import assert_never

from licet.core.change import Effect
from licet.core.conditions import Always, definitions
from licet.core.decision import Decision
from licet.core.differences import Difference, Differences, ModelChange, difference_key
from licet.core.facts import UNKNOWN, About, Facts
from licet.core.instruments import Licence, Order, Provision, Release
from licet.core.requirements import worded as required
from licet.core.rulebook import Rulebook
from licet.services.explain import listing, shown
from licet.services.withholding import stands_against


def sentences(differences: Differences, before: Rulebook, after: Rulebook, names: tuple[str, str]) -> tuple[str, ...]:
    """Everything in words. `names` are how to call the two sides."""
    said = [headline(differences, names)]
    for _, alike in groupby(sorted(differences.differences, key=_order), key=_but_for_what_is_unknown):
        said.append(sentence(list(alike), before, after))
    said += [model_sentence(each) for each in differences.models]
    if not differences.complete:
        said.append(f"This is not all that differs: {differences.because}.")
    return tuple(said)


def headline(differences: Differences, names: tuple[str, str]) -> str:
    """How much differs, from when on, between what."""
    since = f"From {spelled(differences.since)} " + (
        "on" if differences.until is None else f"until {spelled(differences.until)}"
    )
    found = differences.differences
    if not found:
        if not differences.complete:
            return f"{since}, no difference was found, but not everything was compared."
        return f"{since}, nothing differs: whoever asks is served the same by {names[0]} and by {names[1]}."
    narrows, widens = sum(each.narrows for each in found), sum(each.widens for each in found)
    kinds = ((narrows, "lose"), (widens, "gain"), (len(found) - narrows - widens, "get another substitute"))
    count = "1 class" if len(found) == 1 else f"{len(found)} classes"
    said = listing([f"{number} {verb}" for number, verb in kinds if number])
    return f"{since}, {names[1]} serves {count} of subjects otherwise than {names[0]}: {said}."


def sentence(alike: Sequence[Difference], before: Rulebook, after: Rulebook) -> str:
    """One class, or two that differ only in whether something is unknown, in one or two sentences."""
    first = alike[0]
    change = first.change
    clauses = [clause(name, first, before, after) for name in change.by] if first.exact else []
    who = [each for each, _ in clauses if each]
    reasons = [each for _, each in clauses if each] or [*otherwise(first, before, after)]
    asks = [
        f"asks to {first.operation} {change.model}",
        *(["may otherwise have it"] if is_narrower(first, before, after) else []),
    ]
    said = [*asks, *([f"is one of whom {listing(who)}"] if who else [])]
    whoever = f"whoever {listing(said)}" + ("," if len(said) > 1 else "")
    if not first.exact:
        whoever = f"a part of those who ask to {first.operation} {change.model}"
        reasons = ["the reasons are too many to tell apart here"]
    because = f": {listing(reasons)}" if reasons else ""
    parts = [f"{time(first)}, {whoever} {fate(first)}{because}.", *consequences(alike), example(alike, before, after)]
    return " ".join(parts)


def time(difference: Difference) -> str:
    """From when to when."""
    if difference.end is None:
        return f"From {spelled(difference.start)} on"
    return f"From {spelled(difference.start)} until {spelled(difference.end)}"


def spelled(at: datetime) -> str:
    """An instant in a sentence."""
    return at.isoformat(sep=" ")


def fate(difference: Difference) -> str:
    """What becomes of somebody."""
    change = difference.change
    match change.effect:
        case Effect.LOSES:
            return "loses it, and is " + (f"served {change.becomes} instead" if change.becomes else "refused")
        case Effect.GAINS:
            return "gains it, and was " + (f"served {change.was} instead" if change.was else "refused")
        case Effect.LOSES_SUBSTITUTE:
            return f"is refused, and was served {change.was} instead"
        case Effect.GAINS_SUBSTITUTE:
            return f"is served {change.becomes} instead, and was refused"
        case Effect.OTHER_SUBSTITUTE:
            return f"is served {change.becomes} instead, and no longer {change.was}"
        case Effect.SAME:
            return "is served the same"
        case _ as unreachable:
            assert_never(unreachable)


def clause(name: str, difference: Difference, before: Rulebook, after: Rulebook) -> tuple[str, str]:
    """What must be known of whoever is touched by an instrument, and what that does: true of all of the class."""
    old, new = difference.witness.before, difference.witness.after
    assert old is not None
    doing = does(name, new) or does(name, old)
    now = bool(does(name, new))
    provision = (after if now else before).instrument(name)
    assert isinstance(provision, Provision)
    what = f"the {type(provision).__name__.lower()} {name} "
    if now and does(name, old) and is_reworded(name, before, after):
        what += "has another wording and "
    test = worded(provision)
    match doing:
        case "forbids":
            who = f"{test} holds or is not known not to hold" if test else ""
            who += unless(name, difference, after if now else before)
            return who, what + (
                f"forbids {difference.change.model}" if now else f"no longer forbids {difference.change.model}"
            )
        case "permits":
            model = difference.change.becomes if now else difference.change.was
            permits = f"permits {model}" if now else f"no longer permits {model}{since_unmet(name, difference, after)}"
            return f"{test} holds" if test else "", what + permits
        case "relieves":
            orders = listing(
                [order for order, licence in (new if now else old).verdicts[-1].relieved if licence == name]
            )
            return f"{test} holds" if test else "", what + (
                f"relieves {orders}" if now else f"no longer relieves {orders}"
            )
        case _:
            return "", what + ("is relieved" if now else "is no longer there to be relieved")


def is_reworded(name: str, before: Rulebook, after: Rulebook) -> bool:
    """Whether an instrument is not the same document on both sides."""
    old, new = before.instrument(name), after.instrument(name)
    return old is None or new is None or old.digest != new.digest


def since_unmet(name: str, difference: Difference, after: Rulebook) -> str:
    """Why a release that is still there no longer permits what was served; nothing if it ended or says otherwise."""
    model = after.catalogue.models.get(difference.change.was or "")
    unmet = [each for each in after.withheld(model, difference.start) if each.release == name] if model else []
    return "".join(f", since it requires {required(each.requirement)}, but {stands_against(each)}" for each in unmet)


def unless(order: str, difference: Difference, rulebook: Rulebook) -> str:
    """The licences that could have relieved an order for whom it forbids the model, and did not."""
    covering = in_force(rulebook, difference)
    licences = [each for each in covering if isinstance(each, Licence) and order in each.relieves]
    said = [f"the licence {each.name}" + (f" ({worded(each)})" if worded(each) else "") for each in licences]
    verb = "does" if len(said) == 1 else "do"
    return f", and whom {listing(said)} {verb} not relieve" if said else ""


def is_narrower(difference: Difference, before: Rulebook, after: Rulebook) -> bool:
    """Whether others too decide who has the model: releases that are not for everybody, orders that both sides have."""
    change = difference.change
    if change.effect not in (Effect.LOSES, Effect.GAINS):
        return False
    having = before if change.effect is Effect.LOSES else after
    covering = in_force(having, difference)
    released = any(isinstance(each, Release) and not worded(each) for each in covering)
    named = any(isinstance(each, Release) and each.name in change.by for each in covering)
    ordered = any(isinstance(each, Order) and each.name not in change.by for each in covering)
    return ordered or not (released or named)


def in_force(rulebook: Rulebook, difference: Difference) -> list[Provision]:
    """The provisions about what is asked for when the difference begins."""
    model = rulebook.catalogue.models.get(difference.change.model)
    found = [each for each in rulebook.in_force(difference.start) if isinstance(each, Provision)]
    return [each for each in found if model is not None and each.covers(model, difference.operation)]


def does(name: str, decision: Decision) -> str:
    """How an instrument determines a decision; nothing if it does not."""
    final = decision.verdicts[-1]
    if name in decision.verdicts[0].forbidden_by:
        return "forbids"
    if not final.allowed:
        return ""
    if name in final.permitted_by:
        return "permits"
    if any(name == licence for _, licence in final.relieved):
        return "relieves"
    return "is relieved" if any(name == order for order, _ in final.relieved) else ""


def worded(provision: Provision) -> str:
    """A condition as it is written, with the definitions that it uses; nothing where it holds of everybody."""
    if isinstance(provision.condition, Always) and provision.condition.holds:
        return ""
    uses = listing(sorted({each.definition for each in definitions(provision.condition)}))
    return f"`{provision.text}`" + (f" ({uses})" if uses else "")


def otherwise(difference: Difference, before: Rulebook, after: Rulebook) -> Iterator[str]:
    """Reasons where no instrument of which only one side has it determines the decisions."""
    change = difference.change
    for book, then in ((before, "before"), (after, "after")):
        if change.model not in book.catalogue.models:
            yield f"there is no model {change.model} {then}"
            return
    chains = [book.catalogue.models[change.model].fallback for book in (before, after)]
    if chains[0] != chains[1]:
        old, new = (listing(chain) or "nothing" for chain in chains)
        yield f"{change.model} falls back on {new} instead of {old}"
    for verdict in difference.witness.after.verdicts:
        if verdict.model == change.was and verdict.forbidden_by:
            yield f"{verdict.model} itself is forbidden by {listing(verdict.forbidden_by)}"
        elif verdict.model == change.was and not verdict.permitted_by:
            yield f"no release permits {verdict.model}"


def consequences(alike: Sequence[Difference]) -> Iterator[str]:
    """What else there is to say of them all."""
    first = alike[0]
    if first.exact and first.change.cuts:
        yield "Answers that are being streamed to them are cut."
    if first.narrows and first.exact:
        kinds = {bool(each.change.unknown) for each in alike}
        if kinds == {False}:
            yield "Nothing that could be verified would change this."
        elif kinds == {True}:
            yield "That is because something is not known of them: facts that are verified can change it."
        else:
            yield "Where that is because something is not known of them, facts that are verified can change it."
    counts = [each.count for each in alike if each.count is not None]
    if counts:
        total = sum(counts)
        yield f"Of the population this is {total:,} " + ("subject." if total == 1 else "subjects.")


def example(alike: Sequence[Difference], before: Rulebook, after: Rulebook) -> str:
    """One of each class."""
    declared = {**before.facts, **after.facts}
    observed = {name for name, fact in declared.items() if fact.about is About.REQUEST}
    asked = matters(alike[0], observed)
    return f"For example: {', or '.join(described(each.witness.facts, observed - asked) for each in alike)}."


def matters(difference: Difference, observed: set[str]) -> set[str]:
    """What is observed of a request and is not as it nearly always is."""
    return {name for name in observed if difference.witness.facts[name] is True}


def described(facts: Facts, passed_over: Iterable[str]) -> str:
    """Somebody, by what is known of them."""
    left_out = {*passed_over}
    known = [
        f"`{name}` is {shown(value)}" for name, value in facts.items() if value is not UNKNOWN and name not in left_out
    ]
    return f"somebody of whom it is known that {listing(known)}" if known else "somebody of whom nothing is known"


def model_sentence(change: ModelChange) -> str:
    """What differs in the document of a model."""
    if change.field == "model":
        return f"There is no model {change.model} {'before' if change.before is None else 'after'}."
    old, new = (f"`{each}`" if each is not None else "nothing" for each in (change.before, change.after))
    return f"In the document of the model {change.model}, {change.field} is {new} instead of {old}."


def _order(difference: Difference) -> tuple[object, ...]:
    key = difference_key(difference.change)
    end = difference.end or datetime.max.replace(tzinfo=difference.start.tzinfo)
    place = str(key.was), str(key.becomes), key.by, key.cuts, not difference.exact
    return difference.change.model, difference.operation, difference.start, end, *place, key.open


def _but_for_what_is_unknown(difference: Difference) -> tuple[object, ...]:
    return _order(difference)[:-1]
