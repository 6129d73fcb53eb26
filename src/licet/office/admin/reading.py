"""What officers see over HTTP: what is in force, what waits, who is known, what was done. Each blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from licet.core.roles import Deed, Officer, may
from licet.office.admin.parts import AdminParts
from licet.office.problems import Problem
from licet.services.acts import replies
from licet.services.acts.administering import Administration
from licet.services.acts.content import read_kept
from licet.services.acts.knowledge_reply import knowledge_tree
from licet.services.acts.ports import StoredAct
from licet.services.acts.spelling import act_tree, officer_tree, to_text
from licet.services.acts.what import What
from licet.services.identity.knowing import known
from licet.services.rulebooks import in_force

Asked = Mapping[str, str]
Tree = dict[str, Any]
PAGE = 1_000
"""Most subjects or events of one reply."""

OF_SOMEBODY = frozenset((What.ATTEST, What.RETRACT, What.SCREEN, What.FORGET))
"""Acts whose content says what is known of somebody."""

OF_CASES = frozenset((What.OPEN_CASES, What.CASE))
"""Acts whose content says what stands in cases."""


def may_see(officer: Officer, what: What) -> bool:
    """Whether an officer may see what acts of this kind say."""
    if what in OF_CASES:
        return may(officer.roles, Deed.SEE_CASES)
    return what not in OF_SOMEBODY or may(officer.roles, Deed.SEE_FACTS)


def status(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """The clock, the epoch, how many officers a widening needs, and what waits."""
    administration: Administration = parts.administration
    rulebook = in_force(parts.store)
    return {
        "now": administration.now().isoformat(),
        "installation": administration.installation,
        "needed": administration.needed,
        "epoch": rulebook.epoch,
        "rulebook": rulebook.digest,
        "subjects": parts.store.subject_count(),
        "open_acts": [each.id for each in parts.store.acts() if each.is_open],
    }


def rulebook(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """Every instrument with the time over which it is in force, and the models."""
    found = in_force(parts.store)
    instruments = [
        {
            "kind": type(each).__name__.lower(),
            "name": each.name,
            "title": each.title,
            "digest": each.digest,
            "from": found.spans[each.name].start.isoformat(),
            "until": None if (end := found.spans[each.name].end) is None else end.isoformat(),
        }
        for each in found.instruments
    ]
    models = sorted(found.catalogue.models)
    return {"epoch": found.epoch, "digest": found.digest, "instruments": instruments, "models": models}


def documents(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """Every document that was enacted up to an epoch, in canonical form."""
    epoch = asked.get("epoch")
    if epoch is not None and not epoch.isdecimal():
        raise Problem(400, "malformed_query", "`epoch` is a whole number")
    found = parts.store.documents(None if epoch is None else int(epoch))
    return {"documents": [replies.document_tree(each) for each in found]}


def list_(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """The bytes of a list that documents name."""
    found = parts.store.list_content(asked["digest"])
    if found is None:
        raise Problem(404, "not_found", "there is no list with this digest")
    return {"digest": asked["digest"], "content": to_text(found)}


def enactments(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """Every enactment, oldest first."""
    return {"enactments": [replies.enactment_tree(each) for each in parts.store.enactments()]}


def proposals(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """Every proposal of documents, oldest first."""
    return {"proposals": [replies.proposal_tree(each) for each in parts.store.proposals()]}


def proposed(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """The documents of a proposal."""
    return {"documents": [replies.document_tree(each) for each in parts.store.proposed(asked["id"])]}


def acts(parts: AdminParts, officer: Officer, asked: Asked) -> Tree:
    """What officers did and proposed, oldest first; what says something of somebody only for those who may see that."""
    only_open = asked.get("open") == "true"
    found = (each for each in parts.store.acts() if each.is_open or not only_open)
    return {"acts": [act_tree(each) for each in found if _shown(officer, each)]}


def act(parts: AdminParts, officer: Officer, asked: Asked) -> Tree:
    """One act, by its ID or that of its proposal."""
    found = parts.administration.act(asked["id"])
    if not _shown(officer, found):
        needed = Deed.SEE_CASES if found.kind == Deed.WORK_CASES else Deed.SEE_FACTS
        raise Problem(403, "not_permitted", f"this act says what is known of somebody: it needs `{needed}`")
    return act_tree(found)


def _shown(officer: Officer, found: StoredAct) -> bool:
    act = read_kept(found.content)
    return act is None or may_see(officer, act.what)


def officers(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """All officers, dismissed ones included."""
    return {"officers": [officer_tree(each) for each in parts.store.officers()]}


def subjects(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """Subjects by name, up to a thousand past `after`."""
    after = asked.get("after", "")
    names = list(islice((each for each in parts.store.subject_names() if each > after), PAGE))
    found = [record for name in names if (record := parts.store.subject(name)) is not None]
    following = found[-1].id if found and len(names) == PAGE else None
    return {"subjects": [replies.subject_tree(each) for each in found], "next": following}


def subject(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """One subject with what is attested of it."""
    found = parts.store.subject(asked["id"])
    if found is None:
        raise Problem(404, "not_found", "there is no such subject")
    return replies.subject_tree(found)


def knowledge(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """Everything that is kept about a subject, and why; no mark by which an issuer knows it."""
    now = parts.administration.now()
    at = _instant(asked["at"]) if "at" in asked else now
    found = known(parts.store, in_force(parts.store), parts.generations(), asked["id"], at=at, now=now)
    if found is None:
        raise Problem(404, "not_found", "there is no such subject")
    return knowledge_tree(found)


def _instant(text: str) -> datetime:
    try:
        return replies.instant_from(text)
    except (ValueError, OverflowError):
        raise Problem(400, "malformed_query", "`at` is an instant with its offset from UTC") from None


def keys(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """All API keys, without their secrets."""
    return {"keys": [replies.key_tree(each) for each in parts.store.keys()]}  # noqa: SIM118 - a store is no mapping


def clients(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """The organisations that push their members, without their tokens, and how many members each has."""
    found = parts.store.clients()
    members = {name: sum(1 for _ in parts.store.members(name)) for name in {each.attester for each in found}}
    return {"clients": [{**msgspec.to_builtins(each), "members": members[each.attester]} for each in found]}


def dispositions(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """What was decided about candidates of screenings."""
    found = parts.store.dispositions(asked.get("subject"))
    names = ("subject", "list", "candidate", "outcome", "reason", "actor")
    return {
        "dispositions": [{**{name: getattr(each, name) for name in names}, "at": each.at.isoformat()} for each in found]
    }


def events(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """The events past `after`, up to a thousand."""
    after = asked.get("after", "0")
    if not after.isdecimal():
        raise Problem(400, "malformed_query", "`after` is a whole number")
    found = list(islice(parts.store.events(int(after)), PAGE))
    return {
        "events": [replies.event_tree(each) for each in found],
        "next": found[-1].seq if found else int(after),
    }
