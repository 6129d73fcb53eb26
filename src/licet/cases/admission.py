"""What an entry is asked before it is put among the others: each reason against it, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from licet.cases.built_in import BUILT_IN, OFFICER
from licet.cases.decision.decision import DECISION, decision_of
from licet.cases.decision.missing import missing, standing
from licet.cases.fields.read import FieldsRejected, read_fields
from licet.cases.folding.fold import OPENING, Fold
from licet.cases.guards import unmet
from licet.cases.law import CaseLaw
from licet.cases.links import linked, links_in
from licet.cases.order import is_backdated
from licet.cases.parties import holder, not_the_holder, succession
from licet.cases.possible import did_before, doers, early, needs_role, possible
from licet.cases.refusal import Reason, Why, instead
from licet.cases.withholding import parts
from licet.core.cases.case import Case, Link, Possible
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import CLOCK, CaseRole, EventRule
from licet.core.roles import Role


@dataclass(frozen=True, slots=True)
class Admission:
    """An entry before it is put: the fold of what happened before it, and that as a case (None: it opens the case).

    `entries` are all others, `folded.procedure` the version by which it is judged; `officer` are the actor's roles.
    """

    law: CaseLaw
    folded: Fold
    before: Case | None
    entries: Sequence[Entry]
    new: Entry
    officer: frozenset[Role]
    now: datetime
    appealed: Case | None
    proposed: bool

    def reasons(self) -> Iterator[Reason]:
        """Every reason why it cannot be made; what comes after it is not looked at."""
        procedure, new = self.folded.procedure, self.new
        yield from self._times()
        if self.before is None and self.entries:
            return  # it would have happened before the case was opened, which was said
        rule = procedure.events.get(new.event)
        if rule is not None:
            yield from self._state(rule)
            yield from self._of_procedure(rule)
        elif new.event in BUILT_IN and self.before is not None:
            rule = BUILT_IN[new.event]
            yield from self._of_every_case(rule)
        else:
            events = ", ".join(f"`{name}`" for name in procedure.events)
            yield Reason(Why.EVENT, f"`{procedure.name}` has no event `{new.event}`; it has {events}")
            return
        if new.clock is None:
            yield from self._one_appeal(rule)
            yield from self._second(rule)
            yield from self._late(rule)
            yield from self._fields(rule)
        if len(new.exhibits) < rule.exhibits:
            says = (
                f"`{rule.name}` needs {rule.exhibits} documents, and there are {len(new.exhibits)}; attach the others"
            )
            yield Reason(Why.EXHIBITS, says)

    def _times(self) -> Iterator[Reason]:
        new = self.new
        if new.at > self.now:
            yield Reason(Why.TIME, f"it says that it is recorded at {new.at.isoformat()}, which is later than now")
        if new.happened > new.at:
            yield Reason(Why.TIME, f"it says that it happened at {new.happened.isoformat()}, which is later than now")
        latest = max((each.at for each in self.entries), default=None)
        if latest is not None and new.at < latest:
            says = f"the clock says {new.at.isoformat()}, and the newest entry was made at {latest.isoformat()}"
            yield Reason(Why.TIME, f"{says}; set the clock right, or wait until it is later")
        opening = next((each for each in self.entries if each.number == OPENING), None)
        if opening is not None and new.happened < opening.happened:
            says = f"it happened before the case was opened, at {opening.happened.isoformat()}"
            yield Reason(Why.LATE, says)

    def _state(self, rule: EventRule) -> Iterator[Reason]:
        state = self.folded.state
        if state not in rule.froms:
            yield self._not_from(rule, state)
        elif rule.once and rule.name in self.folded.done:
            yield Reason(Why.ONCE, f"`{rule.name}` can happen once in a case, and did")
        else:
            kept = unmet(rule, state, self.folded.fields)
            if kept is not None:
                yield Reason(Why.CONDITION, kept)

    def _not_from(self, rule: EventRule, state: str) -> Reason:
        if self.before is None:
            opening = ", ".join(f"`{each.name}`" for each in self.folded.procedure.opening)
            return Reason(Why.STATE, f"`{rule.name}` does not open a case; what opens one: {opening}")
        offered = instead([each for each in self._offered(self.before) if each.not_yet is None])
        found = self.before.state
        if found.final and not self._offered(self.before):
            return Reason(Why.FINAL, f"`{rule.name}` is not possible: the case is final, `{state}` ({found.title})")
        return Reason(Why.STATE, f"`{rule.name}` is not possible in the state `{state}` ({found.title}); {offered}")

    def _offered(self, case: Case) -> tuple[Possible, ...]:
        return possible(case, roles=self.officer, actor=self.new.actor, appealed=self.appealed)

    def _of_procedure(self, rule: EventRule) -> Iterator[Reason]:
        procedure, new = self.folded.procedure, self.new
        if new.clock is not None:
            if new.role != CLOCK or CLOCK not in rule.by:
                yield Reason(Why.ROLE, f"the clock does not cause `{rule.name}`")
            return
        role = procedure.roles.get(new.role)
        if new.role not in rule.by or role is None:
            yield Reason(Why.ROLE, f"`{new.role}` does not cause `{rule.name}`: {needs_role(procedure, rule)}")
            return
        if role.party and not new.party:
            yield Reason(Why.PARTY, f"`{role.name}` ({role.title}) is somebody outside: say who, in `party`")
        yield from self._holder(role)
        if not role.party and new.party is not None:
            yield Reason(Why.PARTY, f"`{role.name}` ({role.title}) is an officer; leave out `party`")
        if not role.party and not role.held & self.officer:
            yield Reason(Why.ROLE, f"`{new.actor}` has no role for it: {needs_role(procedure, rule)}")
        yield from self._unlike(rule)
        if self.before is not None:
            says = early(self.before, rule)
            if says is not None:
                yield Reason(Why.OBLIGATION, says)

    def _holder(self, role: CaseRole) -> Iterator[Reason]:
        """In a role that one party holds, nobody else does anything."""
        new, folded = self.new, self.folded
        held_by = holder(role, folded.parties, {**new.fields, **folded.fields}, self.entries)
        if new.party and held_by is not None and new.party != held_by:
            yield Reason(Why.PARTY, not_the_holder(role, new.party, held_by, opens=self.before is None))

    def _of_every_case(self, rule: EventRule) -> Iterator[Reason]:
        procedure, new = self.folded.procedure, self.new
        if new.event == BuiltIn.RAN_OUT:
            if new.clock is None or new.role != CLOCK:
                yield Reason(Why.ROLE, f"only the clock enters `{rule.name}`")
            return
        role = procedure.roles.get(new.role)
        if new.clock is not None or (new.role != OFFICER and role is None):
            known = ", ".join(f"`{each}`" for each in (OFFICER, *procedure.roles))
            yield Reason(Why.ROLE, f"`{new.role}` is nobody in this case; there are {known}")
        elif role is not None and not role.party and not role.held & self.officer:
            yield Reason(Why.ROLE, f"`{new.actor}` is not `{role.name}`; do it as `{OFFICER}`")
        if new.party is not None and (role is None or not role.party):
            yield Reason(Why.PARTY, f"`{new.role}` is an officer; leave out `party`, or say in whose role it was done")
        if role is not None:
            yield from self._holder(role)
        yield from self._built_in_fields()

    def _built_in_fields(self) -> Iterator[Reason]:
        """What the fields of what is built in have to name: a hold that there is, an entry with such a field."""
        fields, new = self.new.fields, self.new
        holds = self.folded.holds
        if new.event == BuiltIn.HOLD and fields.get("name") in holds:
            yield Reason(Why.FIELD, f"there is a hold `{fields['name']}` already; choose another name", "name")
        if new.event == BuiltIn.RELEASE and fields.get("name") not in holds:
            known = ", ".join(f"`{each}`" for each in holds) or "none"
            yield Reason(Why.FIELD, f"there is no hold `{fields.get('name')}`; there are: {known}", "name")
        if new.event == BuiltIn.SUCCEED:
            wrong = succession(self.folded.procedure, self.folded.parties, fields)
            if wrong is not None:
                yield Reason(Why.FIELD, wrong[1], wrong[0])
        if new.event == BuiltIn.WITHHOLD:
            entry = next((each for each in self.entries if each.number == fields.get("entry")), None)
            if entry is None:
                yield Reason(Why.FIELD, f"there is no entry with the number {fields.get('entry')}", "entry")
            elif fields.get("field") not in parts(entry):
                known = ", ".join(f"`{each}`" for each in parts(entry)) or "none"
                says = f"number {entry.number} has no field `{fields.get('field')}`; it has: {known}"
                yield Reason(Why.FIELD, says, "field")

    def _second(self, rule: EventRule) -> Iterator[Reason]:
        new = self.new
        if new.second == new.actor:
            yield Reason(Why.SECOND, f"`{new.actor}` cannot agree to what they do themselves; another officer has to")
        elif rule.second and new.second is None and not self.proposed:
            yield Reason(Why.SECOND, f"`{rule.name}` needs a second officer who agrees to it")

    def _unlike(self, rule: EventRule) -> Iterator[Reason]:
        """Who did something before, in this case or in the one that it appeals; and who did what this would bar."""
        new = self.new
        persons = tuple(each for each in (new.actor, new.second) if each is not None)
        if rule.unlike:
            yield from self._appealed(rule)
        for did in doers(self.before, rule, self.appealed, *persons):
            person = did.entry.actor if did.entry.actor in persons else did.entry.second
            yield Reason(Why.UNLIKE, did_before(str(person), did))
        for other in self.entries:
            if other.event in rule.unlike and is_after(other, new) and {other.actor, other.second} & {*persons}:
                says = f"whoever did number {other.number} (`{other.event}`) cannot have done this before it"
                yield Reason(Why.UNLIKE, says)
            theirs = self.folded.procedure.events.get(other.event)
            barred = theirs is not None and new.event in theirs.unlike and is_after(other, new)
            if barred and {other.actor, other.second} & {*persons}:
                says = (
                    f"`{new.actor}` cannot have done this: number {other.number} (`{other.event}`) has to be by another"
                )
                yield Reason(Why.OTHERS, says)

    def _one_appeal(self, rule: EventRule) -> Iterator[Reason]:
        """An appeal is about one case: where it named a second one, it would be open whose decision is looked at."""
        new = self.new
        links = links_in(rule, new.fields)
        if new.event == BuiltIn.LINK:
            links.append(Link(str(new.fields.get("relation")), str(new.fields.get("target"))))
        said = [each.target for each in links if each.relation == "appeals"]
        there = () if self.before is None else linked(self.before, "appeals")
        named = tuple(dict.fromkeys((*there, *said)))
        if said and len(named) > 1:
            says = f"it appeals `{named[0]}`, so what is appealed in `{named[1]}` takes an appeal of its own"
            yield Reason(Why.FIELD, says)

    def _appealed(self, rule: EventRule) -> Iterator[Reason]:
        """An appeal that nobody compares with what it appeals is not decided."""
        named = [link.target for link in links_in(rule, self.new.fields) if link.relation == "appeals"]
        if self.before is not None:
            named += linked(self.before, "appeals")
        if named and (self.appealed is None or self.appealed.id not in named):
            says = f"the case that is appealed, `{named[0]}`, has to be looked at, for who decided it may not do this"
            yield Reason(Why.UNLIKE, says)

    def _late(self, rule: EventRule) -> Iterator[Reason]:
        new = self.new
        if is_backdated(new) and not rule.late:
            says = f"`{rule.name}` counts from when it is recorded; it cannot be said to have happened before"
            yield Reason(Why.LATE, says)
        elif is_backdated(new) and not (new.late and new.late.strip()):
            yield Reason(Why.LATE, "it happened before it is recorded: say why it is late, in `late`")
        elif new.late is not None and not is_backdated(new) and new.happened == new.at:
            yield Reason(Why.LATE, "it is not late: it happens as it is recorded; leave out `late`, or say when it did")

    def _fields(self, rule: EventRule) -> Iterator[Reason]:
        new = self.new
        try:
            read = read_fields(rule, new.fields)
        except FieldsRejected as error:
            for problem in error.problems:
                why = Why.DECISION if problem.field == DECISION else Why.FIELD
                yield Reason(why, f"`{problem.field}`: {problem.says}", problem.field)
            return
        for name, value in read.items():
            if new.fields[name] != value:
                yield Reason(Why.FIELD, f"`{name}` is not in its one spelling: read it with the fields first", name)
        if rule.decides is not None and DECISION in read:
            yield from self._decision(rule)

    def _decision(self, rule: EventRule) -> Iterator[Reason]:
        assert rule.decides is not None
        decision = decision_of(self.new.fields, rule.decides)
        catalogues = self.law.catalogues(self.folded.procedure)
        earlier = () if self.before is None else self.before.decisions
        decided = (*(() if self.appealed is None else self.appealed.decisions), *earlier)
        for says in missing(decision, rule.decides, catalogues, licences=standing(decided), at=self.new.happened):
            yield Reason(Why.DECISION, says, DECISION)


def is_after(entry: Entry, new: Entry) -> bool:
    """Whether an entry that is there already happened after a new one."""
    return entry.happened > new.happened
