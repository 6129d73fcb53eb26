"""A case as a page: how it stands, its deadlines, what happened, its decisions, and what is withheld and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.core.cases.clock import Running
from licet.core.cases.register.places import A_CASE, case_place, criteria_place, procedure_place
from licet.core.cases.register.shown import (
    Hidden,
    ShownCase,
    ShownDeadline,
    ShownDecision,
    ShownEntry,
    ShownField,
    ShownShift,
    ShownVerdict,
)
from licet.pages.blocks import Block, Card, Column, Moment, Note, Pairs, Section, Table, Text, Timeline
from licet.pages.number import instant
from licet.pages.register.frame import OVERDUE_MARK, flat, render, to, worded
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Names, Within, Word

STANDS = {
    Running.RUNNING: Mark(Role.UNCHANGED, "running"),
    Running.TOLLED: Mark(Role.UNKNOWN, "tolled: time does not count"),
    Running.MET: Mark(Role.PROVED, "met"),
    Running.MISSED: Mark(Role.REFUTED, "missed"),
    Running.STOPPED: Mark(Role.UNCHANGED, "stopped"),
}

VERDICTS = {
    "pass": Role.PROVED,
    "fail": Role.REFUTED,
    "insufficient evidence": Role.UNKNOWN,
    "not applicable": Role.UNCHANGED,
}

GRANTED = frozenset(("grant", "uphold"))
REFUSED = frozenset(("deny", "suspend", "intent to deny"))

WHOLE = (
    "This is the public version. The digest is of the whole case, with what is withheld and 32 bytes that nobody can"
    " guess: whoever is shown the whole can check that it is this one."
)


def case_page(case: ShownCase) -> bytes:
    """The page of a case."""
    place = case_place(case.id)
    sections = (
        *deadlines(case),
        *decisions(case, place),
        *obligations(case),
        Section("timeline", "What happened", (Timeline(tuple(moment(each) for each in case.entries)),)),
        *withheld(case),
        about(case, place),
    )
    trail = ((procedure_place(case.procedure), case.procedure_title),)
    title = f"{case.id}: {case.procedure_title}"
    return render(place, title, lead(case), sections, trail=trail, data=case_place(case.id, "json"))


def lead(case: ShownCase) -> list[str]:
    """How it stands, in sentences."""
    said = [f"It is {'closed' if case.final else 'open'}: {lower(case.state_title)}."]
    if case.meaning:
        said.append(sentence(case.meaning))
    since = case.overdue_since
    if since is not None:
        said.insert(0, f"Something is overdue since {instant(since)}.")
    elif case.is_overdue:
        said.insert(0, "Something is overdue; since when is withheld.")
    if case.erased is not None:
        said.append(
            f"Its content was destroyed at {instant(case.erased)}, after it had been kept for as long as the procedure"
            " says. What is left are numbers, events and instants."
        )
    return said


def lower(text: str) -> str:
    """A title within a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def capital(text: str) -> str:
    """Words as a title."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A text as a sentence of its own."""
    text = text.strip()
    return capital(text) + ("" if text.endswith((".", "!", "?")) else ".")


def deadlines(case: ShownCase) -> Iterable[Section]:
    """The deadlines, what is overdue first, then what runs."""
    if not case.deadlines:
        return
    ordered = sorted(case.deadlines, key=lambda each: (not each.overdue, not each.is_open, each.started_by))
    titles = ("Clock", "How it stands", "Who has to act", "Started", "Due", "Ended", "Not counted")
    columns = tuple(Column(title) for title in titles)
    table = Table("deadline-table", "Each start of each clock", columns, tuple(map(deadline, ordered)), stacks=True)
    yield Section("deadlines", "Deadlines", (table,))


def deadline(each: ShownDeadline) -> tuple[Word, ...]:
    """The row of a deadline."""
    tolled = tuple(f"{why}, {span(since, until)}" for why, since, until in each.tolled)
    return (
        f"{each.title} ({each.because})" if each.because else each.title,
        OVERDUE_MARK if each.overdue else STANDS[each.running],
        each.owner,
        each.started if each.hidden is None else worded(each.hidden),
        due(each),
        each.ended,
        Names(tolled) if tolled else None,
    )


def due(each: ShownDeadline) -> Word:
    """When it is due."""
    if each.hidden is not None:
        return worded(each.hidden)
    return "not while it is tolled: that has no cap" if each.due is None else each.due


def span(since: object, until: object) -> str:
    """A stretch of days."""
    first, last = str(since)[:10], "now" if until is None else str(until)[:10]
    return f"{first} to {last}"


def moment(entry: ShownEntry) -> Moment:
    """What an entry says."""
    told: list[str] = []
    if entry.before != entry.after:
        told.append(f"It is now: {lower(entry.after)}.")
    if entry.backdated:
        told.append(f"It was recorded later, at {instant(entry.at)}.")
    if entry.overtaken:
        told.append("It has no effect: a later record shows that the clock had not run out.")
    told += [shifted(each) for each in entry.shifts]
    if entry.exhibits:
        told.append(f"Documents attached: {entry.exhibits}.")
    notes = [Note(capital(each.meaning), worded(each.value)) for each in entry.fields]
    if isinstance(entry.who, Hidden):
        notes.insert(0, Note("Who did it", worded(entry.who)))
    if entry.late is not None:
        notes.append(Note("Why it was recorded late", worded(entry.late)))
    return Moment(f"entry-{entry.number}", entry.happened, entry.title, who(entry), tuple(notes), tuple(told))


def shifted(each: ShownShift) -> str:
    """What a late entry changed of a deadline."""
    if isinstance(each.after, Hidden):
        return f"It changed the deadline of: {each.clock}; how is withheld."
    return f"By it the deadline of: {each.clock} is {each.after}; without it, it was {each.before}."


def who(entry: ShownEntry) -> Word:
    """Who did it: the role, and the party where it may be named."""
    return f"{entry.role}: {entry.who}" if isinstance(entry.who, str) else entry.role


def decisions(case: ShownCase, place: str) -> Iterable[Section]:
    """Each decision by its six elements, with what was found of each criterion."""
    if case.decisions:
        blocks = [block for made in case.decisions for block in decision(made, place)]
        yield Section("decisions", "Decisions", tuple(blocks))


def decision(made: ShownDecision, place: str) -> Iterable[Block]:
    """A decision: a card, and a table of what was judged."""
    role = Role.PROVED if made.kind in GRANTED else Role.REFUTED if made.kind in REFUSED else Role.UNCHANGED
    rows = (
        ("When", made.at),
        *((capital(each.meaning), element(each)) for each in (*made.elements, *made.more)),
        ("Its entry", Within(f"#entry-{made.number}", f"number {made.number}")),
    )
    yield Card(f"decision-{made.number}", made.title, Mark(role, made.kind), (Pairs(rows),))
    if made.judged:
        columns = tuple(Column(title) for title in ("Criterion", "Found", "Why"))
        caption = f"What was found of each criterion ({made.title})"
        judged = tuple(verdict(each, place) for each in made.judged)
        yield Table(f"judged-{made.number}", caption, columns, judged, stacks=True)


def element(each: ShownField) -> Word:
    """What a decision says in one of its elements."""
    return Names(tuple(flat(one) for one in each.value)) if isinstance(each.value, list) else worded(each.value)


def verdict(found: ShownVerdict, place: str) -> tuple[Word, ...]:
    """The row of a criterion."""
    address = criteria_place(found.catalogue, found.criterion)
    return (
        to(place, address, f"{found.criterion} {found.title}".strip()),
        Mark(VERDICTS.get(found.verdict, Role.UNCHANGED), found.verdict),
        worded(found.reasons),
    )


def obligations(case: ShownCase) -> Iterable[Section]:
    """Conditions and undertakings, and how they stand."""
    if not case.obligations:
        return
    rows = tuple(
        (
            Code(each.id),
            each.kind,
            worded(each.owner),
            worded(each.text),
            each.due,
            OVERDUE_MARK if each.overdue else Mark(KEPT.get(each.kept, Role.UNCHANGED), each.kept),
        )
        for each in case.obligations
    )
    columns = tuple(Column(title) for title in ("Name", "It is", "Who has to", "What", "Due", "How it stands"))
    caption = "Conditions and undertakings"
    yield Section("obligations", caption, (Table("obligation-table", caption, columns, rows, stacks=True),))


KEPT = {"discharged": Role.PROVED, "broken": Role.REFUTED, "overdue": Role.REFUTED}


def withheld(case: ShownCase) -> Iterable[Section]:
    """What is not shown, where it stands, its class, and why."""
    if not case.withheld:
        return
    rows = tuple(
        (Within(f"#entry-{number}", f"entry {number}"), what, Mark(Role.UNKNOWN, hidden.secrecy), hidden.why)
        for number, what, hidden in case.withheld
    )
    columns = tuple(Column(title) for title in ("Where", "What", "Class", "Why it is withheld"))
    table = Table("withheld-table", "What is withheld from this page", columns, rows, stacks=True)
    yield Section("withheld", "What is withheld", (Text((WHOLE,)), table))


def about(case: ShownCase, place: str) -> Section:
    """Under which procedure it goes, what it is linked to, and its digest."""
    rows: Sequence[tuple[str, Word]] = (
        ("Procedure", to(place, procedure_place(case.procedure), f"{case.procedure_title} ({case.procedure})")),
        ("Digest of the procedure", Code(case.procedure_digest)),
        ("Opened", case.opened),
        ("Latest entry", case.updated),
        (
            "Linked to",
            Names(tuple(linked(each.relation, each.target, place) for each in case.links)) if case.links else None,
        ),
        ("Digest of the whole", None if case.whole is None else Code(case.whole)),
        ("The same as JSON", to(place, case_place(case.id, "json"), f"{case.id}.json")),
    )
    return Section("about", "About this case", (Pairs(tuple(rows)),))


def linked(relation: str, target: str | Hidden, place: str) -> Word:
    """What it is linked to: a case by its page."""
    if isinstance(target, Hidden):
        return Names((relation, worded(target)))
    said = f"{relation} {target}"
    return to(place, case_place(target), said) if A_CASE.fullmatch(target) else said
