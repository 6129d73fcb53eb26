"""The callers of a scenario become subjects: by the operator's own file, and by those who know them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from licet.adapters.secret import create_secret
from licet.adapters.store import create_store, open_store
from licet.app.demo.carriers import Carriers
from licet.app.demo.desk import PROPOSER
from licet.app.demo.officers import Officers
from licet.app.demo.scenario import PEOPLE
from licet.services.ports import Store
from licet.services.rulebooks import in_force
from licet.services.subjects import NATURAL_PERSON, import_people
from licet.wire.documents import SourceFile
from licet.wire.people import Person, read_people
from licet.wire.values import to_json


def prepare(
    folder: Path, officers: Officers, sources: list[SourceFile], carriers: Carriers, now: datetime
) -> dict[str, str]:
    """A store in which these documents are in force, with everybody imported of whom the operator's file tells.

    A key for each of them; whoever an organisation will push is not there yet.
    """
    with closing(create_store(officers.state, now)) as store:
        create_secret(officers.state, secrets.token_bytes)
    officers.appointed(now)
    officers.enact_all(sources, now)
    with closing(open_store(officers.state, now)) as store:
        people = read(folder / PEOPLE, store)
        for person in people:
            way = carriers.ways.get(person.subject)
            carriers.known[person.subject] = {name: person.facts[name] for name in way.facts} if way else {}
            carriers.besides[person.subject] = person
        told = [each for each in people if not pushed(carriers, each)]
        import_people(store, [without(each, carriers) for each in told], file=PEOPLE, actor=PROPOSER, now=now)
        carriers.subjects.update((each.subject, each.subject) for each in told)
    return {each.subject: officers.key_for(each.subject, now) for each in told}


def delivered(carriers: Carriers, officers: Officers, now: datetime) -> dict[str, str]:
    """Have every other fact come by its way; a key for each of those who are there only by that."""
    made: dict[str, str] = {}
    for caller in carriers.ways:
        carriers.deliver(caller, now)
        person = carriers.besides[caller]
        if pushed(carriers, person):
            rest = {NATURAL_PERSON: True, **without(person, carriers).facts}
            subject, evidence = carriers.subjects[caller], person.how or "their papers"
            officers.attest(subject, {name: to_json(each) for name, each in rest.items()}, evidence, now)
            made[caller] = officers.key_for(subject, now)
    return made


def read(path: Path, store: Store) -> Sequence[Person]:
    """Everybody in the operator's file."""
    with path.open("rb") as lines:
        return list(read_people(lines, in_force(store).facts, file=PEOPLE))


def pushed(carriers: Carriers, person: Person) -> bool:
    """Whether somebody becomes a subject only by what an organisation pushes."""
    way = carriers.ways.get(person.subject)
    return way is not None and way.by == "push"


def without(person: Person, carriers: Carriers) -> Person:
    """What the operator's file says of somebody besides."""
    way = carriers.ways.get(person.subject)
    carried = way.facts if way is not None else ()
    return replace(person, facts={name: each for name, each in person.facts.items() if name not in carried})
