"""The public version of a case: what everybody may see, and of everything else its class and why. `spec/redaction.md`.

Nothing is public by mistake: what no procedure knows is withheld, officers are numbers, what parties handed in is a
number of documents, and a public text that repeats what is withheld is withheld with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Final

from licet.cases.secrets import Secrets, strings
from licet.cases.withholding import CLOSED, DECISION, Classes, classes
from licet.core.cases.case import Case, Link, Placed
from licet.core.cases.clock import Deadline
from licet.core.cases.decision import Obligation
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.grounds import Ground
from licet.core.cases.procedure import CLOCK, FieldKind, Procedure, Secrecy

FORMAT: Final = "licet-public-case-v1"
NAMED: Final = re.compile(r"[a-z][a-z0-9_]*")
DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)
SIX: Final = frozenset(("summary", "basis", "considerations", "reconsideration", "official", "appeal"))
"""The elements of a decision. What officers said to one another before may stand in them: its authors answer for their
words, whose words they were before.
"""
TELLING: Final = 10_000
"""From here on a number is known again where it stands elsewhere; smaller ones are everywhere."""

VERDICT: Final = frozenset(("criterion", "verdict"))
"""Of what was found of a criterion, the words of the law."""

Tree = dict[str, Any]


@dataclass(slots=True)
class Redacting:
    """The redaction of one case. `known` are digests of what is public anyway, such as documents in force."""

    case: Case
    classes: Classes
    grounds: Mapping[Secrecy, Ground]
    known: Collection[str]
    secrets: Secrets = field(default_factory=Secrets)
    organisations: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """What public fields of one line name, organisations among them: a party of that name is public."""

    open_texts: list[str] = field(default_factory=list)
    officers: dict[str, int] = field(default_factory=dict)
    said: dict[Secrecy, Tree] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    """What the public version says so far in fields and names, as somebody gave it."""

    clocks: dict[str, Secrecy | None] = field(default_factory=dict)
    """The classes of the clocks of which it does not matter when they started."""

    open_: bool = False
    """Whether nothing is withheld: for those who may see the whole."""

    def withheld(self, secrecy: Secrecy, by: int | None = None) -> Tree:
        """What stands where something is withheld. `by` is the entry that withheld it."""
        found = self.said.get(secrecy)
        if found is None:
            found = self.said[secrecy] = {"withheld": secrecy.value, "why": self.grounds[secrecy].said}
        return found if by is None else found | {"why": f"{found['why']}, as entry {by} says"}

    def officer(self, name: str | None) -> int | str | None:
        """The number of an officer in this case: the first who acted is 1."""
        if name is None or self.open_:
            return name
        return self.officers.setdefault(name, len(self.officers) + 1)


def public(
    case: Case,
    grounds: Mapping[Secrecy, Ground],
    *,
    whole: str,
    earlier: Iterable[Procedure] = (),
    known: Collection[str] = (),
) -> Tree:
    """The public version of a case as plain JSON.

    `whole` is the digest of the whole case with its blind. `earlier` are the procedures that it went under before its
    present one: what was given in confidence under one stays so. `known` are digests that are public anyway: any
    other digest of evidence is withheld, since by it one could try out what the evidence is.
    """
    work = Redacting(case, classes(case, earlier), grounds, known)
    _look(work)
    work.secrets.release([*work.organisations, *work.open_texts])
    return _tree(work, whole)


def everything(case: Case, *, whole: str) -> Tree:
    """The same of a case with nothing withheld, for those who may see it."""
    return _tree(Redacting(case, Classes((case.procedure,), {}, open_=True), {}, (), open_=True), whole)


def _tree(work: Redacting, whole: str) -> Tree:
    case = work.case
    tree = {
        "format": FORMAT,
        "case": case.id,
        "procedure": {
            "name": case.procedure.name,
            "title": case.procedure.title,
            "topic": case.procedure.topic.value,
            "digest": case.procedure.digest,
        },
        "state": {
            "name": case.state.name,
            "title": case.state.title,
            "final": case.state.final,
            "outcome": case.state.outcome,
        },
        "opened": case.opened.isoformat(),
        "updated": case.updated.isoformat(),
        "as_of": _instant(case.as_of),
        "whole": whole,
    }
    said = {
        "entries": [_entry(work, placed) for placed in case.entries],
        "obligations": [_obligation(work, each) for each in case.obligations],
        "links": [_link(work, each) for each in case.links],
    }
    return {**tree, **_without_echoes(work, said), "deadlines": [_deadline(work, each) for each in case.deadlines]}


def is_withheld(value: Any) -> bool:
    """Whether this stands where something is withheld."""
    return isinstance(value, dict) and len(value) == 2 and "withheld" in value and "why" in value


def _look(work: Redacting) -> None:
    """Go through the case once: what is withheld anywhere, and which organisations are public."""
    for placed in work.case.entries:
        entry = placed.entry
        for name, value in entry.fields.items():
            if name == DECISION and isinstance(value, Mapping):
                _look_at_decision(work, entry, value)
            elif (secrecy := work.classes.of(entry, name)) is Secrecy.PUBLIC:
                _look_at_public(work, entry, name, value)
            elif _is_open_kind(work, entry, name):
                work.secrets.keep(value, secrecy)
            elif isinstance(value, int) and abs(value) >= TELLING:
                work.secrets.keep([str(abs(value)), f"{abs(value):,}"], secrecy)
        _look_beside_fields(work, entry)
    for placed in work.case.entries:
        _look_at_names(work, placed.entry)


def _look_at_names(work: Redacting, entry: Entry) -> None:
    """Who did something, and who takes a party's place, once it is known which names are public."""
    if entry.party is not None and (secrecy := _party_class(work, entry)) is not Secrecy.PUBLIC:
        work.secrets.keep(entry.party, secrecy)
    if entry.event == BuiltIn.SUCCEED and (secrecy := _class_of(work, entry, "name")) is not Secrecy.PUBLIC:
        work.secrets.keep(entry.fields["name"], secrecy)


def _look_beside_fields(work: Redacting, entry: Entry) -> None:
    """What of an entry stands in no field: who, why late, and the documents that came with it."""
    for exhibit in entry.exhibits:
        stem = exhibit.name.rpartition(".")[0]
        telling = [] if stem.isalpha() else [stem]  # `application.pdf` must not withhold every `application`
        work.secrets.keep([exhibit.name, exhibit.digest, *telling], Secrecy.COMMERCIAL)
    if entry.late:
        work.secrets.keep(entry.late, Secrecy.DELIBERATION)
    for officer in (entry.actor, entry.second):
        if officer is not None and officer != CLOCK:
            work.secrets.keep(officer, Secrecy.PERSONAL)


def _look_at_decision(work: Redacting, entry: Entry, decision: Mapping[str, Any]) -> None:
    for part, value in decision.items():
        secrecy = _part_class(work, entry, part)
        if secrecy is not Secrecy.PUBLIC:
            work.secrets.keep(value, secrecy)
        elif part == "official":
            work.open_texts.append(str(value))
    for judged in decision.get("judged") or ():
        work.secrets.keep([each for each in judged.get("evidence", ()) if each not in work.known], Secrecy.COMMERCIAL)


def _is_open_kind(work: Redacting, entry: Entry, name: str) -> bool:
    """Whether a withheld field may hold what one would know again elsewhere. Names of parties are looked at later."""
    if entry.event == BuiltIn.SUCCEED and name == "name":
        return False
    rule = work.classes.rule(entry, name)
    return rule is None or rule.kind not in CLOSED


def _look_at_public(work: Redacting, entry: Entry, name: str, value: Any) -> None:
    """Which organisations a public field names, and which names of parties are public by it."""
    if entry.event == BuiltIn.LINK and name == "target" and is_withheld(_target(work, value)):
        work.secrets.keep(value, Secrecy.COMMERCIAL)
    rule = work.classes.rule(entry, name)
    if rule is not None and rule.kind is FieldKind.ORGANISATION:
        work.organisations.update(strings(value))
    if rule is not None and rule.kind in (FieldKind.ORGANISATION, FieldKind.LINE, FieldKind.LINES):
        work.named.update(strings(value))


def _party_class(work: Redacting, entry: Entry) -> Secrecy:
    """Organisations are public, persons are not: a name is an organisation's where a public field has it, or an entry
    says so.
    """
    given = work.classes.party(entry)
    if given is not None:
        return given
    return Secrecy.PUBLIC if entry.party in work.named else Secrecy.PERSONAL


def _class_of(work: Redacting, entry: Entry, name: str) -> Secrecy:
    """The class of a field; who takes a party's place is named where a party of that name would be."""
    secrecy = work.classes.of(entry, name)
    named = entry.event == BuiltIn.SUCCEED and name == "name" and entry.fields[name] in work.named
    return Secrecy.PUBLIC if named and work.classes.by(entry, name) is None else secrecy


def _part_class(work: Redacting, entry: Entry, part: str) -> Secrecy:
    whole = work.classes.of(entry, DECISION)
    return whole if whole is not Secrecy.PUBLIC else work.classes.of(entry, f"{DECISION}.{part}")


def _entry(work: Redacting, placed: Placed) -> Tree:
    entry = placed.entry
    at = entry.at.isoformat()
    tree: Tree = {
        "number": entry.number,
        "event": entry.event,
        "title": placed.title or entry.event,
        "role": entry.role,
        "officer": None if entry.actor == CLOCK else work.officer(entry.actor),
        "second": None if entry.second is None else work.officer(entry.second),
        "at": at,
        "happened": at if _is_same(entry.happened, entry.at) else entry.happened.isoformat(),
        "before": placed.before,
        "after": placed.after,
        "exhibits": len(entry.exhibits),
        "fields": {name: _said(work, _field(work, entry, name)) for name in sorted(entry.fields)},
    }
    if entry.party is not None:
        secrecy = _party_class(work, entry)
        shown = entry.party if secrecy is Secrecy.PUBLIC else work.withheld(secrecy, work.classes.by(entry, "party"))
        tree["party"] = _said(work, shown)
    if entry.clock is not None:
        tree["clock"] = {"clock": entry.clock.clock, "started_by": entry.clock.started_by}
    if entry.late is not None:
        tree["late"] = entry.late if work.open_ else work.withheld(Secrecy.DELIBERATION)
    if placed.overtaken:
        tree["overtaken"] = True
    if placed.backdated:
        tree["backdated"] = True
    if placed.shifts:
        tree["shifts"] = [_shift(work, each) for each in placed.shifts]
    return tree


def _said(work: Redacting, value: Any) -> Any:
    """The same, noted for what it repeats."""
    if type(value) is str:
        work.texts.add(value)
    elif not is_withheld(value):
        work.texts.update(strings(value))
    return value


def _is_same(one: datetime, other: datetime) -> bool:
    """Whether two instants are one, and written with the same offset."""
    return one.tzinfo is other.tzinfo and one == other


def _shift(work: Redacting, shift: Any) -> Tree:
    """What a late entry moved; not from when to when, where that would say something that is withheld."""
    hidden = _clock_class(work, shift.clock, shift.started_by)
    if hidden is not None:
        return {"clock": shift.clock, "moved": work.withheld(hidden)}
    return {"clock": shift.clock, "before": shift.before, "after": shift.after}


def _field(work: Redacting, entry: Entry, name: str) -> Any:
    value = entry.fields[name]
    secrecy = _class_of(work, entry, name)
    if secrecy is not Secrecy.PUBLIC:
        return work.withheld(secrecy, work.classes.by(entry, name))
    if name == DECISION and isinstance(value, Mapping):
        return {part: _part(work, entry, part, value[part]) for part in sorted(value)}
    if entry.event == BuiltIn.LINK and name == "target":
        return _target(work, value)
    if entry.event in (BuiltIn.DISCHARGE, BuiltIn.BREACH) and name == "obligation":
        return next((_obligation(work, each)["id"] for each in work.case.obligations if each.id == value), value)
    return value


def _part(work: Redacting, entry: Entry, part: str, value: Any) -> Any:
    secrecy = _part_class(work, entry, part)
    if secrecy is not Secrecy.PUBLIC:
        return work.withheld(secrecy, work.classes.by(entry, f"{DECISION}.{part}"))
    if part == "judged" and isinstance(value, list):
        return [_judged(work, each) for each in value]
    return value


def _judged(work: Redacting, judged: Mapping[str, Any]) -> Tree:
    """A verdict with its reasons; of its evidence what is public anyway, and that there is more."""
    evidence = list(judged.get("evidence", ()))
    shown: list[Any] = [each for each in evidence if work.open_ or each in work.known]
    if len(shown) < len(evidence):
        shown.append(work.withheld(Secrecy.COMMERCIAL))
    tree = {key: value for key, value in judged.items() if key != "evidence"}
    return tree | ({"evidence": shown} if shown else {})


def _target(work: Redacting, target: str) -> Any:
    """What a case is linked to, by its name; a digest only where the document is public."""
    digests = () if work.open_ else DIGEST.findall(target)
    hidden = any(f"sha256:{each.lower()}" not in work.known for each in digests)
    return work.withheld(Secrecy.COMMERCIAL) if hidden else target


def _link(work: Redacting, link: Link) -> Tree:
    """What a case is linked to, and how; not what an entry that says so has withheld."""
    relation: Any = link.relation
    target = _target(work, link.target)
    for entry in (placed.entry for placed in work.case.entries):
        for name, value in entry.fields.items():
            says = value == link.target or (isinstance(value, list | tuple) and link.target in value)
            if says and work.classes.of(entry, name) is not Secrecy.PUBLIC:
                target = work.withheld(work.classes.of(entry, name), work.classes.by(entry, name))
        if entry.event == BuiltIn.LINK and (entry.fields["relation"], entry.fields["target"]) == link:
            secrecy = work.classes.of(entry, "relation")
            if secrecy is not Secrecy.PUBLIC:
                relation = work.withheld(secrecy, work.classes.by(entry, "relation"))
    return {"relation": relation, "target": target}


def _obligation(work: Redacting, obligation: Obligation) -> Tree:
    promise = obligation.promise
    entry = next(each.entry for each in work.case.entries if each.entry.number == obligation.decided_by)
    secrecy = _part_class(work, entry, "promises")
    hidden = None if secrecy is Secrecy.PUBLIC else work.withheld(secrecy, work.classes.by(entry, "decision.promises"))
    return {
        "id": hidden or obligation.id,
        "kind": promise.kind.value,
        "decided_by": obligation.decided_by,
        "kept": obligation.kept.value,
        "owner": hidden or promise.owner,
        "text": hidden or promise.text,
        "due": hidden or _instant(obligation.due),
        "cure_by": hidden or _instant(obligation.cure_by),
        "discharged": [each.isoformat() for each in obligation.discharged],
    }


def _deadline(work: Redacting, deadline: Deadline) -> Tree:
    tree: Tree = {
        "clock": deadline.clock,
        "title": deadline.title,
        "owner": deadline.owner,
        "started_by": deadline.started_by,
        "running": deadline.running.value,
        "ended": _instant(deadline.ended),
        "calendar": deadline.calendar,
        "tolled": [
            {"reason": each.reason, "since": each.since.isoformat(), "until": _instant(each.until)}
            for each in deadline.tolled
        ],
    }
    hidden = _clock_class(work, deadline.clock, deadline.started_by)
    gross = deadline.gross.isoformat()
    times: Tree = {
        "started": deadline.started.isoformat(),
        "gross": gross,
        "due": gross if deadline.due is deadline.gross else _instant(deadline.due),
        "because": deadline.because,
    }
    return tree | (times if hidden is None else dict.fromkeys(times, work.withheld(hidden)))


def _clock_class(work: Redacting, clock: str, started_by: int) -> Secrecy | None:
    """The class of what a deadline would give away: which limit held, or when something began that is withheld."""
    if work.open_:
        return None
    found = [each for each in work.classes.procedures if clock in each.clocks]
    if not found:
        return Secrecy.DELIBERATION
    duties = [each.duty for each in found if each.duty is not None]
    if duties:
        started = next((each.entry.event for each in work.case.entries if each.entry.number == started_by), "")
        return _class_of_names(work, _chosen_by(found, clock).union(*(each.begins.get(started, ()) for each in duties)))
    if clock not in work.clocks:
        work.clocks[clock] = _class_of_names(work, _chosen_by(found, clock))
    return work.clocks[clock]


def _chosen_by(procedures: Iterable[Procedure], clock: str) -> set[str]:
    """The fields that choose a limit of a clock; it may have ended under any of these procedures."""
    limits = chain.from_iterable(each.clocks[clock].limits for each in procedures)
    return {name for each in limits if each.when is not None for name in NAMED.findall(each.text)}


def _class_of_names(work: Redacting, names: set[str]) -> Secrecy | None:
    """The class of the first of these fields that is not public, by the procedures or in an entry of this case."""
    for name in sorted(names):
        for procedure in work.classes.procedures:
            rule = procedure.fields.get(name)
            if rule is not None and rule.secrecy is not Secrecy.PUBLIC:
                return rule.secrecy
        for placed in work.case.entries:
            if name in placed.entry.fields:
                secrecy = work.classes.of(placed.entry, name)
                if secrecy is not Secrecy.PUBLIC:
                    return secrecy
    return None


def _without_echoes(work: Redacting, said: Tree) -> Tree:
    """The same, but that a text is withheld that repeats something withheld."""
    found = work.secrets.found_in([*work.texts, *strings([said["obligations"], said["links"]])])
    if not found:
        return said
    written = [(each["fields"], each.get("party")) for each in said["entries"]]
    exempt = {*work.organisations, *work.open_texts}

    def clean(value: Any, but: Secrecy | None = None) -> Any:
        match value:
            case str():
                secrecy = None if value in exempt else found.of(value, but=but)
                return value if secrecy is None else work.withheld(secrecy)
            case dict() if not is_withheld(value):
                return {key: decision(each) if key == DECISION else clean(each, but) for key, each in value.items()}
            case list() | tuple():
                return [clean(each, but) for each in value]
            case _:
                return value

    def decision(value: Any) -> Any:
        if not isinstance(value, dict) or is_withheld(value):
            return clean(value)
        cleaned = {key: clean(each, Secrecy.DELIBERATION if key in SIX else None) for key, each in value.items()}
        return cleaned | _judged_still(value, cleaned)

    for entry, (fields, party) in zip(said["entries"], clean([list(each) for each in written]), strict=True):
        entry["fields"] = fields
        if "party" in entry:
            entry["party"] = party
    rest = ("obligations", "links")
    return {"entries": said["entries"]} | {key: [_cleaned(each, clean) for each in said[key]] for key in rest}


def _judged_still(tree: Tree, cleaned: Tree) -> Tree:
    """Which criterion each verdict is about, and what it is, whatever else repeats these words of the law."""
    if not isinstance(tree.get("judged"), list):
        return {}
    both = zip(tree["judged"], cleaned["judged"], strict=True)
    return {"judged": [after | {key: before[key] for key in VERDICT & before.keys()} for before, after in both]}


def _cleaned(tree: Tree, clean: Any) -> Tree:
    """What people wrote in it, cleaned; the words of a procedure stay."""
    return tree | {key: clean(tree[key]) for key in ("owner", "text", "target") if key in tree}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
