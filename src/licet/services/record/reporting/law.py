"""The law behind a report: an order, what relieved and what ended it, and who put each of these in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from licet.core.conditions import definitions
from licet.core.definitions import Definition
from licet.core.errors import LicetError
from licet.core.instruments import Instrument, Licence, Lift, Order, Provision
from licet.core.report import Act, Placed
from licet.core.rulebook import Rulebook
from licet.services.ports import Store
from licet.services.record.reporting.count import Scope
from licet.services.rulebooks import in_force
from licet.services.stored import Enactment, StoredDocument

ENACTED = "enacted"
"""The kind of a store's event by which documents were put in force."""


class NoSuchOrder(LicetError):
    """A report of what is no order that was ever enacted."""


@dataclass(frozen=True, slots=True)
class Law:
    """An order with everything in the store that is about it."""

    order: Placed
    text: Order
    canonical: str
    rulebook: Rulebook
    models: tuple[str, ...]
    scope: Scope
    licences: tuple[Placed, ...]
    ended_by: tuple[Placed, ...]
    definitions: tuple[Definition, ...]
    properties: tuple[tuple[str, str], ...]
    enactments: tuple[Enactment, ...]
    acknowledged: tuple[tuple[str, datetime], ...]


def law_of(store: Store, name: str) -> Law:
    """What the store holds about an order. Raises `NoSuchOrder`, and what the store raises."""
    rulebook = in_force(store)
    order = rulebook.instrument(name)
    if not isinstance(order, Order):
        what = "is no order" if order is not None else "was never enacted"
        orders = ", ".join(each.name for each in rulebook.instruments if isinstance(each, Order)) or "none"
        raise NoSuchOrder(f"`{name[:200]}` {what}; the orders are: {orders}")
    enactments = store.enactments()
    licences = [each for each in rulebook.instruments if isinstance(each, Licence) and name in each.relieves]
    ending = [*_ending(rulebook, order)]
    firsts = {
        each.name: next(act for act in enactments if each.digest in act.documents)
        for each in (order, *licences, *ending)
    }
    acts = {each.epoch: each for each in _acts(store, {first.epoch: first for first in firsts.values()})}

    def placed(instrument: Instrument) -> Placed:
        return Placed(instrument, rulebook.spans[instrument.name], acts[firsts[instrument.name].epoch])

    here = placed(order)
    documents = store.documents()
    scope = scope_of(rulebook, order)
    return Law(
        order=here,
        text=order,
        canonical=next(each for each in documents if each.digest == order.digest).canonical.decode(),
        rulebook=rulebook,
        models=tuple(sorted({model for model, _ in scope})),
        scope=scope,
        licences=tuple(placed(each) for each in sorted(licences, key=lambda each: (each.from_, each.name))),
        ended_by=tuple(placed(each) for each in ending),
        definitions=_definitions(rulebook, order),
        properties=tuple(_properties(documents, here.act, enactments)),
        enactments=enactments,
        acknowledged=store.acknowledgements(here.act.epoch),
    )


def _acts(store: Store, enactments: dict[int, Enactment]) -> Iterator[Act]:
    """These enactments, with what their reviews found; that is only in their events, which are read until all are."""
    findings: dict[int, tuple[str, ...]] = {}
    for event in store.events(0):
        if event.kind == ENACTED:
            body = json.loads(event.body)
            findings[body["epoch"]] = tuple(body.get("findings", ()))
            if enactments.keys() <= findings.keys():
                break
    proposed = {each.id: each.at for each in store.proposals()}
    for each in enactments.values():
        yield Act(
            epoch=each.epoch,
            at=each.at,
            actor=each.actor,
            ground=each.ground.value,
            rulebook=each.rulebook,
            approved_by=each.approved_by,
            proposal=each.proposal,
            proposed=proposed.get(each.proposal or ""),
            rests_on=each.rests_on,
            findings=findings.get(each.epoch, ()),
        )


def scope_of(rulebook: Rulebook, provision: Provision) -> Scope:
    """The models and operations that a provision speaks of."""
    return frozenset(
        (model.name, operation.value)
        for model in rulebook.catalogue.models.values()
        for operation in provision.operations
        if provision.covers(model, operation)
    )


def _ending(rulebook: Rulebook, order: Order) -> Iterator[Instrument]:
    """What ended an order before its own end: the lifts and successors that begin at the end of its span."""
    end = rulebook.spans[order.name].end
    for each in rulebook.instruments:
        ends = order.name in (each.ends if isinstance(each, Lift) else ()) or order.name in each.supersedes
        if ends and each.from_ == end and not rulebook.spans[each.name].is_empty:
            yield each


def _definitions(rulebook: Rulebook, order: Order) -> tuple[Definition, ...]:
    """The definitions that its condition stands on, those behind them included."""
    names = sorted({each.definition for each in definitions(order.condition)})
    return tuple(rulebook.definitions[each] for each in names if each in rulebook.definitions)


def _properties(
    documents: tuple[StoredDocument, ...], act: Act, enactments: tuple[Enactment, ...]
) -> Iterator[tuple[str, str]]:
    """The properties that stood when it was enacted, with their titles."""
    then = {digest for each in enactments if each.epoch <= act.epoch for digest in each.documents}
    for each in documents:
        if each.kind == "property" and each.digest in then:
            yield each.name, str(json.loads(each.canonical).get("title", ""))
