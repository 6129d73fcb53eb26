"""A case as a page: how it stands, its deadlines, what happened, its decisions, and what is withheld and why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from licet.core.cases.register.places import A_CASE, case_place, criteria_place, procedure_place
from licet.core.cases.register.shown import Hidden, ShownCase, ShownDecision, ShownField, ShownVerdict
from licet.pages.blocks import Block, Card, Column, Pairs, Section, Table
from licet.pages.look import block, cell, stamp
from licet.pages.number import instant, whole
from licet.pages.register.case_frame import Part, Shared, framed
from licet.pages.register.case_rows import END, deadlines, story, withheld
from licet.pages.register.frame import OVERDUE_MARK, flat, root_of, to, worded
from licet.pages.register.sentences import capital, lower, sentence
from licet.pages.role import Role
from licet.pages.rows import plain
from licet.pages.words import Code, Mark, Names, Within, Word

VERDICTS = {
    "pass": Role.PROVED,
    "fail": Role.REFUTED,
    "insufficient evidence": Role.UNKNOWN,
    "not applicable": Role.UNCHANGED,
}

GRANTED = frozenset(("grant", "uphold"))
REFUSED = frozenset(("deny", "suspend", "intent to deny"))


def case_page(case: ShownCase) -> bytes:
    """The page of a case."""
    place = case_place(case.id)
    parts = (
        *deadlines(case.deadlines),
        *(drawn(each) for each in decisions(case, place)),
        *(drawn(each) for each in obligations(case)),
        Part("timeline", "What happened", story(case.entries)),
        *withheld(case.withheld),
        Part("about", "About this case", about(case, place)),
    )
    shared = Shared(root_of(place), procedure_place(case.procedure), tuple([(each.name, each.title) for each in parts]))
    title, data = f"{case.id}: {case.procedure_title}", root_of(place) + case_place(case.id, "json")
    return framed(shared, title, case.procedure_title, lead(case), data, parts).encode()


def drawn(section: Section) -> Part:
    """A section of blocks as HTML."""
    return Part(section.name, section.title, "".join([block(each) for each in section.blocks]))


def lead(case: ShownCase) -> list[str]:
    """How it stands, in sentences."""
    said = [f"It is {'closed' if case.final else 'open'}: {lower(case.state_title)}."]
    if case.meaning:
        said.append(sentence(case.meaning))
    since = case.overdue_since
    if since is not None:
        said.insert(0, f"Something is overdue since {instant(whole(since))}.")
    elif case.is_overdue:
        said.insert(0, "Something is overdue; since when is withheld.")
    if case.erased is not None:
        said.append(
            f"Its content was destroyed at {instant(whole(case.erased))}, after it had been kept for as long as the"
            " procedure says. What is left are numbers, events and instants."
        )
    return said


def decisions(case: ShownCase, place: str) -> Iterable[Section]:
    """Each decision by its six elements, with what was found of each criterion."""
    if case.decisions:
        blocks = [block for made in case.decisions for block in decision(made, place)]
        yield Section("decisions", "Decisions", tuple(blocks))


def decision(made: ShownDecision, place: str) -> Iterable[Block]:
    """A decision: a card, and a table of what was judged."""
    role = Role.PROVED if made.kind in GRANTED else Role.REFUTED if made.kind in REFUSED else Role.UNCHANGED
    rows = (
        ("When", whole(made.at)),
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
            worded(each.id) if isinstance(each.id, Hidden) else Code(each.id),
            each.kind,
            worded(each.owner),
            worded(each.text),
            None if each.due is None else whole(each.due),
            OVERDUE_MARK if each.overdue else Mark(KEPT.get(each.kept, Role.UNCHANGED), each.kept),
        )
        for each in case.obligations
    )
    columns = tuple(Column(title) for title in ("Name", "It is", "Who has to", "What", "Due", "How it stands"))
    caption = "Conditions and undertakings"
    yield Section("obligations", caption, (Table("obligation-table", caption, columns, rows, stacks=True),))


KEPT = {"discharged": Role.PROVED, "broken": Role.REFUTED, "overdue": Role.REFUTED}


def about(case: ShownCase, place: str) -> str:
    """Under which procedure it goes, what it is linked to, and its digest."""
    under = _under(case.procedure, case.procedure_title, case.procedure_digest, root_of(place))
    rows = [under, row("Opened", stamp(whole(case.opened))), row("Latest entry", stamp(whole(case.updated)))]
    if case.links:
        names = Names(tuple(linked(each.relation, each.target, place) for each in case.links))
        rows.append(row("Linked to", cell(names)))
    if case.whole is not None:
        rows.append(row("Digest of the whole", cell(Code(case.whole))))
    rows.append(row("The same as JSON", cell(to(place, case_place(case.id, "json"), f"{case.id}.json"))))
    return f'<dl class="pairs">\n{"".join(rows)}</dl>\n{END}'


@lru_cache(maxsize=1_024)
def _under(name: str, title: str, digest: str, root: str) -> str:
    procedure = Within(root + procedure_place(name), f"{title} ({name})")
    return row("Procedure", cell(procedure)) + row("Digest of the procedure", cell(Code(digest)))


def row(name: str, value: str) -> str:
    """A name and a value that is HTML already."""
    return f"<div><dt>{plain(name)}</dt> <dd>{value}</dd></div>\n"


def linked(relation: str, target: str | Hidden, place: str) -> Word:
    """What it is linked to: a case by its page."""
    if isinstance(target, Hidden):
        return Names((relation, worded(target)))
    said = f"{relation} {target}"
    return to(place, case_place(target), said) if A_CASE.fullmatch(target) else said
