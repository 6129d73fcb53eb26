"""What a new rulebook does to somebody who asks for a model: the difference between two decisions, by name."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from licet.core.decision import Decision
from licet.core.instruments import Order, Streams
from licet.core.rulebook import Rulebook


class Effect(StrEnum):
    """What happens to one who asks for a model, in view of what they are served before and after."""

    LOSES = "loses"
    GAINS = "gains"
    LOSES_SUBSTITUTE = "loses its substitute"
    GAINS_SUBSTITUTE = "gains a substitute"
    OTHER_SUBSTITUTE = "gets another substitute"
    SAME = "same"


NARROWING = frozenset({Effect.LOSES, Effect.LOSES_SUBSTITUTE})
WIDENING = frozenset({Effect.GAINS, Effect.GAINS_SUBSTITUTE})


class Change(NamedTuple):
    """The difference between two decisions on the same question.

    `was` and `becomes`: the model that is served before and after, None if none. `by`: the instruments of which only
    one of the two rulebooks has in force at this instant, and that determine one of the decisions. `unknown`: where
    something is lost, the unknown facts of which one would have to become known to get it back; empty where no fact
    can help. `cuts`: an answer that is being streamed is ended.
    """

    model: str
    was: str | None
    becomes: str | None
    effect: Effect
    by: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    cuts: bool = False


def effect_of(model: str, was: str | None, becomes: str | None) -> Effect:
    """The kind of a change, from what is served before and after to one who asks for `model`."""
    if was == becomes:
        return Effect.SAME
    if was == model:
        return Effect.LOSES
    if becomes == model:
        return Effect.GAINS
    if becomes is None:
        return Effect.LOSES_SUBSTITUTE
    return Effect.GAINS_SUBSTITUTE if was is None else Effect.OTHER_SUBSTITUTE


def exchanged(before: Rulebook, after: Rulebook, at_before: Decision, at_after: Decision) -> frozenset[str]:
    """The instruments that only one of two rulebooks has in force, each at its decision's instant."""
    old = {each.name: each.digest for each in before.in_force(at_before.at)}
    new = {each.name: each.digest for each in after.in_force(at_after.at)}
    return frozenset(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def change(before: Decision, after: Decision, exchanged: frozenset[str], rulebook: Rulebook) -> Change:
    """The difference between two decisions. `exchanged` are the instruments in which the rulebooks differ, `rulebook`
    is the one of `after`.
    """
    effect = effect_of(before.requested, before.served, after.served)
    if effect is Effect.SAME:
        return Change(before.requested, before.served, after.served, effect)
    by = tuple(sorted(exchanged & {*before.instruments, *after.instruments}))
    unknown = after.unknown if effect in NARROWING else ()
    return Change(before.requested, before.served, after.served, effect, by, unknown, cuts(before, after, rulebook))


def cuts(before: Decision, after: Decision, rulebook: Rulebook) -> bool:
    """Whether an answer of the model that served before is ended when the second decision takes effect.

    It runs on where that model is still allowed, or where nothing but orders with `streams: finish` forbids it.
    Where that model was not tried again, as the first that was asked for serves now, it is taken to be allowed: the
    gate looks at each open answer by itself.
    """
    verdict = next((each for each in after.verdicts if each.model == before.served), None)
    if verdict is None or verdict.allowed:
        return False
    orders = [rulebook.instrument(name) for name in verdict.forbidden_by]
    finish = all(isinstance(order, Order) and order.streams is Streams.FINISH for order in orders)
    return not (orders and finish and verdict.permitted_by)
