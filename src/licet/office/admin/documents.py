"""The documents of an act as a person reads them: whole, with line breaks."""

from __future__ import annotations

import json

from licet.pages.officers import Document
from licet.services.acts import enacting
from licet.services.acts.content import Act
from licet.services.acts.ports import StoredAct
from licet.services.acts.refusal import ActRefused
from licet.services.acts.what import What
from licet.services.ports import Store


def documents_of(store: Store, stored: StoredAct, act: Act) -> list[Document]:
    """What an act puts in force, or would, in its order; nothing for another kind of act. It blocks."""
    if act.what is not What.ENACT:
        return []
    there = _texts(store, stored)
    return [
        Document(each["kind"], each["name"], each["digest"], there.get(each["digest"]))
        for each in act.fields["documents"]
    ]


def _texts(store: Store, stored: StoredAct) -> dict[str, str]:
    try:
        proposed = store.proposed(enacting.proposal_of(store, stored.id).id)
    except ActRefused:  # one officer was enough, so it never waited
        proposed = store.documents()
    return {each.digest: _written(each.canonical) for each in proposed}


def _written(canonical: bytes) -> str:
    return json.dumps(json.loads(canonical), indent=2, ensure_ascii=False)
