"""Drafts of instruments become instruments: every model, family, definition and instrument that they name is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from licet.core.conditions import Always
from licet.core.instruments import Licence, Lift, Mandate, Operation, Order, Release, Streams
from licet.core.resolve_evidence import EVIDENCE, evidence_from, requirements_from
from licet.core.resolve_trust import trust_from
from licet.core.resolving import Resolving, condition_of, names
from licet.core.schema import INSTRUMENTS
from licet.core.shape import Draft

LIFTED = tuple(kind for kind in INSTRUMENTS if kind != "lift")
CONDITION_OF = {"release": "to", "order": "forbids", "licence": "to", "mandate": "to"}


def instrument(work: Resolving, draft: Draft) -> None:
    """One instrument, with all its references checked."""
    tree = draft.tree
    check_instrument(work, draft)
    common: dict[str, Any] = {
        "name": draft.name,
        "digest": work.digest_of(draft),
        "issued": datetime.fromisoformat(tree["issued"]),
        "from_": datetime.fromisoformat(tree["from"]),
        "title": tree.get("title", ""),
        "issuer": tree.get("issuer", ""),
        "authority": tuple(tree.get("authority", ())),
        "reasons": tree.get("reasons", ""),
        "appeal": tree.get("appeal", ""),
        "source": tree.get("source", ""),
    }
    if draft.kind == "lift":
        work.instruments[draft.name] = Lift(**common, ends=tuple(tree["ends"]))
        return
    common |= {
        "until": datetime.fromisoformat(tree["until"]) if "until" in tree else None,
        "review_by": datetime.fromisoformat(tree["review_by"]) if "review_by" in tree else None,
        "supersedes": tuple(tree.get("supersedes", ())),
    }
    if draft.kind == "trust":
        work.instruments[draft.name] = trust_from(work, draft, common)
        return
    if draft.kind in EVIDENCE:
        work.instruments[draft.name] = evidence_from(work, draft, common)
        return
    key = CONDITION_OF[draft.kind]
    common |= {
        "models": tuple(tree.get("models", ())),
        "families": tuple(tree.get("families", ())),
        "operations": tuple(Operation(operation) for operation in tree["operations"]),
        "condition": condition_of(work, draft, key) or Always(False),
        "text": tree[key],
    }
    match draft.kind:
        case "release":
            work.instruments[draft.name] = Release(**common, requires=requirements_from(work, draft))
        case "order":
            work.instruments[draft.name] = Order(**common, streams=Streams(tree["streams"]))
        case "licence":
            work.instruments[draft.name] = Licence(**common, relieves=tuple(tree["relieves"]))
        case _:
            work.instruments[draft.name] = Mandate(**common)


def check_instrument(work: Resolving, draft: Draft) -> None:
    tree = draft.tree
    if draft.kind not in ("lift", "trust") and not tree.get("models") and not tree.get("families"):
        message = f"the {draft.kind} `{draft.name}` is about no model; name some in `models` or `families`"
        work.report(draft, (draft.kind,), message, at_key=True)
    if "until" in tree and datetime.fromisoformat(tree["until"]) <= datetime.fromisoformat(tree["from"]):
        work.report(draft, ("until",), f"`until` is not after `from` ({tree['from']}); it would never be in force")
    check_models_named(work, draft)
    check_names(work, draft, "relieves", ("order",))
    check_names(work, draft, "ends", LIFTED)
    check_names(work, draft, "supersedes", (draft.kind,))
    check_names(work, draft, "patches", ("finding",))


def check_models_named(work: Resolving, draft: Draft) -> None:
    """The models and families that a document names exist."""
    for position, name in enumerate(draft.tree.get("models", ())):
        if name not in work.models:
            work.report(draft, ("models", position), f"unknown model `{name}`; known: {names(work.models)}")
    families = {model.family for model in work.models.values()}
    for position, name in enumerate(draft.tree.get("families", ())):
        if name not in families:
            work.report(draft, ("families", position), f"unknown family `{name}`; known: {names(families)}")


def check_names(work: Resolving, draft: Draft, key: str, kinds: tuple[str, ...]) -> None:
    """The instruments that a field names exist and are of a kind that it can name."""
    known = {each.name: each.kind for each in work.of(*INSTRUMENTS)}
    for position, name in enumerate(draft.tree.get(key, ())):
        if known.get(name) not in kinds:
            found = f"`{name}` is a {known[name]}" if name in known else f"there is no instrument `{name}`"
            allowed = names(each for each, kind in known.items() if kind in kinds)
            work.report(draft, (key, position), f"{found}; `{key}` can name {' or '.join(kinds)}: {allowed}")


def check_supersession(work: Resolving) -> None:
    """Nothing supersedes itself, directly or through others."""
    for draft in work.of(*INSTRUMENTS):
        seen: set[str] = set()
        ahead = list(draft.tree.get("supersedes", ()))
        while ahead:
            name = ahead.pop()
            if name == draft.name:
                work.report(draft, ("supersedes",), f"`{draft.name}` supersedes itself, directly or through others")
                break
            if name not in seen and name in work.instruments:
                seen.add(name)
                ahead += work.instruments[name].supersedes
