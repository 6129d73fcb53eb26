"""Letters about what happened in a case: which case, what happened, what is due when, where to look. Nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from licet.core.cases.case import Case
from licet.core.cases.entry import Entry
from licet.services.cases.indexing import due_of
from licet.services.cases.ports import NAMED_LATER, Letter, Mailer, MailRefused
from licet.services.ports import Store

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", re.ASCII)
"""An address as it is written to (a dot-atom of RFC 5321, section 4.1.2); anything else gets no letter."""


def letters(case: Case, made: Iterable[Entry], look_at: str | None) -> tuple[Letter, ...]:
    """The letters about new entries, to those whom their events tell and whose address is in the case's fields.

    `look_at` None: none are written. The address of a role is in the field `<role>_email`.
    """
    if look_at is None:
        return ()
    return tuple(_letter(case, entry, to, look_at) for entry in made for to in _addresses(case, entry))


def _addresses(case: Case, entry: Entry) -> list[str]:
    rule = case.procedure.events.get(entry.event)
    if rule is None:
        return []
    found = (address_of(case, role) for role in sorted(rule.tells))
    return list(dict.fromkeys(each for each in found if each is not None))


def address_of(case: Case, role: str) -> str | None:
    """Where somebody in this role is written to; None if nothing that reads as an address is given."""
    found = case.fields.get(f"{role}_email")
    return found if isinstance(found, str) and ADDRESS.fullmatch(found) else None


def _letter(case: Case, entry: Entry, to: str, look_at: str) -> Letter:
    name = case.id or NAMED_LATER
    rule = case.procedure.events[entry.event]
    due = [f"  {each.title}: {_when(each.due)}" for each in sorted(due_of(case), key=lambda each: each.due)]
    text = [
        f"Case {name}: {rule.title}.",
        "",
        f"Entered {_when(entry.at)}.",
        "",
        *(["Due now:", *due, ""] if due else []),
        f"What was entered, and why, is not in this message. Look at it here: {look_at}",
        "",
    ]
    return Letter("", case.id, entry.number, to, f"Case {name}: {rule.title}", "\n".join(text))


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %z}".strip()


def send(store: Store, mailer: Mailer, now: Callable[[], datetime]) -> tuple[int, tuple[str, ...]]:
    """Hand in what is to be sent, oldest first; how many letters were taken, and why others were not.

    A letter that was taken and could not be marked is handed in again, with the same Message-ID: at least once, never
    silently not at all. A server that takes nothing now ends the round.
    """
    sent, refused = 0, []
    for letter in store.letters(unsent=True):
        try:
            mailer.send(letter, at=now())
        except MailRefused as error:
            refused.append(f"{letter.id}: {error}")
            if error.for_good:
                store.mark_sent(letter.id, at=now(), refused=str(error))
                continue
            break
        store.mark_sent(letter.id, at=now())
        sent += 1
    return sent, tuple(refused)
