"""What a new rulebook changes besides permission: a model's document, or what a fact means."""

from __future__ import annotations

from licet.core.catalogue import Model
from licet.core.properties import COMPARING, Claim, Property
from licet.core.rulebook import Rulebook
from licet.engines.proofs.question import is_about_everyone

FIELDS = ("family", "fallback", "aliases", "apis", "upstream")
"""What of a model's document changes what people are served."""


def changed_otherwise(property_: Property, before: Rulebook, after: Rulebook) -> tuple[str, tuple[str, ...]] | None:
    """Why the step from one rulebook to another cannot be judged by permission alone, in one sentence, and the names of
    the models or facts; None if it can. Only claims about a step are concerned.
    """
    if property_.claim not in COMPARING:
        return None
    facts = changed_facts(before, after)
    if facts:
        return f"the declarations of these facts changed: {listed(facts)}", facts
    changes = changed_models(property_, before, after)
    if changes:
        said = "; ".join(f"`{name}` ({', '.join(what)})" for name, what in changes.items())
        return f"the documents of these models changed: {said}", tuple(changes)
    return None


def changed_facts(before: Rulebook, after: Rulebook) -> tuple[str, ...]:
    """The facts that are not what they were, or no longer there. New ones are nobody's yet."""

    def shape(rulebook: Rulebook, name: str) -> object:
        fact = rulebook.facts.get(name)
        return fact and (fact.kind, fact.about, fact.values)

    return tuple(sorted(name for name in before.facts if shape(before, name) != shape(after, name)))


def changed_models(property_: Property, before: Rulebook, after: Rulebook) -> dict[str, tuple[str, ...]]:
    """The models whose documents changed, with what of them, as far as the property does not except them."""
    found: dict[str, tuple[str, ...]] = {}
    for name, old in sorted(before.catalogue.models.items()):
        new = after.catalogue.models.get(name)
        fields = (
            ("gone",) if new is None else tuple(each for each in FIELDS if getattr(old, each) != getattr(new, each))
        )
        if fields and concerns(property_, old, new):
            found[name] = fields
    return found


def concerns(property_: Property, old: Model, new: Model | None) -> bool:
    """Whether a change of a model's document is one that the property speaks of."""
    if property_.claim is Claim.CHANGES_ONLY:
        excepted = property_.names(old) and (new is None or property_.names(new)) and is_about_everyone(property_)
        return not excepted
    if new is None and property_.claim is Claim.ONLY_NARROWS:
        return False
    return property_.names(old) or (new is not None and property_.names(new))


def listed(names: tuple[str, ...]) -> str:
    """Names in a row."""
    return ", ".join(f"`{name}`" for name in names)
