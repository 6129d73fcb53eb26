"""Letters about what happened in a case: which case, what happened, what is due when, where to look. Nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from licet.core.cases.case import Case
from licet.core.cases.entry import Entry
from licet.services.cases.addresses import ADDRESS
from licet.services.cases.indexing import due_of
from licet.services.cases.ports import NAMED_LATER, Casework, DueRow, Letter, Mailer, MailRefused
from licet.services.ports import Store

CONTACT = "contact"
"""The field that says how a party is reached: the first role outside whom the procedure tells of anything."""


def letters(case: Case, made: Iterable[Entry], casework: Casework) -> tuple[Letter, ...]:
    """The letters about new entries, to those whom their events tell and whose address is known."""
    look_at = casework.look_at
    if look_at is None:
        return ()
    told = ((entry, to) for entry in made for to in _addresses(case, entry, casework))
    return tuple(_letter(case, entry, to, look_at) for entry, to in told)


def _addresses(case: Case, entry: Entry, casework: Casework) -> list[str]:
    rule = case.procedure.events.get(entry.event)
    if rule is None:
        return []
    found = (
        address_of(case, role.name) if role.party else casework.officers_at
        for role in case.procedure.roles.values()
        if role.name in rule.tells
    )
    return list(dict.fromkeys(each for each in found if each is not None))


def address_of(case: Case, role: str) -> str | None:
    """Where a party is written to: `<role>_email`, or the one address in `contact`; None if there is not one."""
    told = frozenset().union(*(each.tells for each in case.procedure.events.values()))
    first = next((each.name for each in case.procedure.roles.values() if each.party and each.name in told), None)
    said = case.fields.get(f"{role}_email") or (case.fields.get(CONTACT) if role == first else None)
    found = {each.group().rstrip(".") for each in ADDRESS.finditer(said)} if isinstance(said, str) else set()
    return found.pop() if len(found) == 1 else None


def _letter(case: Case, entry: Entry, to: str, look_at: str) -> Letter:
    name = case.id or NAMED_LATER
    rule = case.procedure.events[entry.event]
    due = [f"  {_what(case, each)}: {_when(each.due)}" for each in sorted(due_of(case), key=lambda each: each.due)]
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


def _what(case: Case, due: DueRow) -> str:
    """What is due, in the procedure's words: the text of an obligation is part of a decision, and not for the post."""
    clock = case.procedure.clocks.get(due.key.clock)
    return f"Obligation of entry {due.key.started_by}" if clock is None else clock.title


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
