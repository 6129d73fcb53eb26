"""A population in the tables of some engine that runs SQL: what is the same for all such engines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any

from licet.core.facts import About, Fact
from licet.engines.columns import expression as columns
from licet.engines.columns.codes import (
    KIND,
    NAME,
    SUBJECT,
    UNTIL,
    Asked,
    Digit,
    NotMembers,
    Plan,
    codes,
    kind_codes,
    members_of,
    plan,
    set_codes,
)
from licet.engines.columns.expression import Form
from licet.engines.columns.sets import Block, CodedBlock, Key
from licet.services.population import ORG, PopulationRejected, Tally

MOST_TEXTS = 1_000_000
"""Different texts that one set may have: each is looked at by itself."""

MOST_SHOWN = 3
"""Wrong cells that are quoted."""

Row = tuple[Any, ...]


class TablePopulation(ABC):
    """`services.population.Population` on an engine that runs SQL.

    `forms` are the columns as they came, in their order; None: a type that no fact has, with its name in `types`.
    """

    dialect: str

    def __init__(
        self,
        source: str,
        forms: Mapping[str, Form | None],
        types: Mapping[str, str],
        facts: Mapping[str, Fact],
        at: datetime,
    ) -> None:
        self.source = source
        self._types = types
        self._at = at.astimezone(UTC).isoformat()
        declared = {name: fact for name, fact in facts.items() if fact.about is About.SUBJECT}
        known = {KIND.name: KIND, SUBJECT: NAME, UNTIL.name: UNTIL, **declared}
        companions = {columns.companion(name) for name, fact in declared.items() if fact.kind.is_set}
        self.ignored = tuple(name for name in forms if name not in known and name not in companions)
        self._facts = {name: known[name] for name in forms if name in known}
        ambiguous = companions & declared.keys() | {KIND.name, SUBJECT, UNTIL.name} & declared.keys()
        used = {name: form for name, form in forms.items() if name not in self.ignored}
        self._forms = self._checked(used, known, ambiguous)
        self._plan: Plan | None = None
        self._door: Any = None

    @abstractmethod
    def _rows(self, sql: str) -> Iterator[Sequence[Row]]:
        """The rows of a query, `BLOCK` at a time."""

    @abstractmethod
    def _make(self, name: str, columns: Mapping[str, Sequence[int] | Sequence[str]]) -> None:
        """Make a table of 64-bit integers and texts; it takes the place of one with the same name."""

    def blocks(self, asked: Asked) -> Iterator[Block]:
        """See the port."""
        self._prepare(asked)
        keys = columns.reduced(self._door, self._planned)
        for rows in self._query(columns.classes(keys, self._planned)):
            block = CodedBlock([tuple(row) for row in rows], self._planned, asked)
            self._hold(block)
            yield block

    def tally(self, fates: Mapping[Key, int]) -> Iterator[Tally]:
        """See the port."""
        counted = self._fated(fates, {"org": ORG}).group_by(["fate", "org"])
        counted = counted.aggregate(subjects=lambda table: table.count()).order_by("org")
        for rows in self._query(counted):
            yield from (Tally(fate, org or None, subjects) for fate, org, subjects in rows)

    def sample(self, fates: Mapping[Key, int], most: int) -> dict[int, tuple[str, ...]]:
        """See the port."""
        found: dict[int, list[str]] = {}
        for rows in self._query(columns.first(self._fated(fates, {"name": SUBJECT}), most)):
            for fate, name in rows:
                found.setdefault(fate, []).append(name)
        return {fate: tuple(sorted(names)) for fate, names in found.items()}

    def fates_of(self, fates: Mapping[Key, int], names: Iterable[str]) -> dict[str, int]:
        """See the port."""
        self._make(columns.WANTED, {"name": list(names)})
        found = columns.wanted(self._fated(fates, {"name": SUBJECT}))
        return {name: fate for rows in self._query(found) for name, fate in rows}

    @property
    def _planned(self) -> Plan:
        assert self._plan is not None, "classes first"
        return self._plan

    def _query(self, expression: Any) -> Iterator[Sequence[Row]]:
        return self._rows(columns.sql(expression, self.dialect))

    def _prepare(self, asked: Asked) -> None:
        """Find the codes of each column that matters, and make the tables of their literals."""
        questions = {question.fact: question for question in asked.questions}
        facts = {name: asked.facts[name] for name in questions}
        always = [self._facts[name] for name in (KIND.name, UNTIL.name, SUBJECT, ORG) if name in self._facts]
        if ORG not in self._facts and ORG in asked.facts:
            always.append(asked.facts[ORG])
        shown = {fact.name: fact for fact in always} | facts
        self._door = columns.door(self._forms, shown.values(), self._at)
        found = [kind_codes(KIND)] + ([kind_codes(UNTIL)] if UNTIL.name in self._forms else [])
        for name, fact in facts.items():
            if fact.kind.is_set:
                texts = self._texts(fact) if name in self._forms else [""]
                found.append(set_codes(fact, questions[name], asked.mask, texts))
            else:
                found.append(codes(fact, questions[name], asked.mask))
        self._plan = plan(found)
        for table, each in columns.tables(self._plan).items():
            self._make(table, {"value": [*each], "code": [*each.values()]})  # type: ignore[dict-item]

    def _texts(self, fact: Fact) -> list[str]:
        """Every text that a set has. Raises `PopulationRejected`."""
        needed = [self._facts[name] for name in (UNTIL.name,) if name in self._facts]
        values = columns.values(columns.door(self._forms, [*needed, fact], self._at), fact.name, MOST_TEXTS + 1)
        counted = {text: subjects for rows in self._query(values) for text, subjects in rows}
        if len(counted) > MOST_TEXTS:
            raise PopulationRejected(
                f"column `{fact.name}` has more than {MOST_TEXTS:,} different sets; is it the right column?"
            )
        wrong: dict[str, int] = {}
        for text, subjects in counted.items():
            try:
                members_of(fact, text)
            except NotMembers as error:
                wrong[str(error)] = wrong.get(str(error), 0) + subjects
        if wrong:
            what = "; ".join(f"{said} ({rows_of(number)})" for said, number in most_frequent(wrong))
            raise PopulationRejected(f"column `{fact.name}`: {what}; {rows_of(sum(wrong.values()))} in all")
        return [*counted]

    def _hold(self, block: CodedBlock) -> None:
        """Raises `PopulationRejected` if a column has a value that its fact does not admit."""
        problems = []
        for digit in self._planned.digits:
            by_code = block.by_code[digit.name]
            if digit.codes.rejected in by_code or (digit.codes.fact == KIND and 0 in by_code):
                problems.append(self._problem(digit))
        if problems:
            raise PopulationRejected("\n".join(problems))

    def _problem(self, digit: Digit) -> str:
        """What is wrong in a column, and in how many rows."""
        name = digit.name
        fact = NAME if name == SUBJECT else digit.codes.fact
        door = columns.door(self._forms, [each for each in (KIND, fact) if each.name != ""], self._at, beside=name)
        refused = columns.refused(door, digit)
        wrong = [row for rows in self._query(columns.most_frequent(refused, MOST_SHOWN)) for row in rows]
        every = next(row[0] for rows in self._query(refused.aggregate(subjects=refused.subjects.sum())) for row in rows)
        what = ", ".join(f"`{said}` ({rows_of(number)})" for said, number in wrong)
        allowed = UNTIL_FORM if fact == UNTIL else fact.allowed
        return f"column `{name}`: {what}; {rows_of(int(every))} in all; allowed is {allowed}"

    def _fated(self, fates: Mapping[Key, int], keep: Mapping[str, str]) -> Any:
        keys = {f"key{word}": [key[word] for key in fates] for word in range(self._planned.words)}
        self._make(columns.CLASSES, {**keys, "fate": [*fates.values()]})
        return columns.fated(columns.reduced(self._door, self._planned, keep), self._planned)

    def _checked(
        self, forms: Mapping[str, Form | None], known: Mapping[str, Fact], ambiguous: Set[str]
    ) -> dict[str, Form]:
        """The columns, each in a form that its fact has. Raises `PopulationRejected`."""
        found: dict[str, Form] = {}
        problems = [f"there is no column `{name}`" for name in (SUBJECT, KIND.name) if name not in forms]
        problems += [f"column `{name}` could mean two things" for name in sorted(ambiguous & forms.keys())]
        for name, form in forms.items():
            fact = known.get(name)
            main = name.removesuffix(columns.companion(""))
            if fact is None and main not in forms:
                problems.append(f"column `{name}` goes with a column `{main}`, which is not there")
            allowed = (Form.FLAG, Form.TEXT) if fact is None else columns.forms_of(fact)
            if form is None or form not in allowed:
                names = " or ".join(each.value for each in allowed)
                problems.append(f"column `{name}` has the type {self._types[name]}; it must be {names}")
            else:
                found[name] = form
        if problems:
            raise PopulationRejected("\n".join(problems))
        return found


UNTIL_FORM = "an instant with an offset, such as `2026-06-12T17:21:00-04:00`"


def rows_of(number: int) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} row" + ("" if number == 1 else "s")


def most_frequent(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """A few, the most frequent first."""
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:MOST_SHOWN]
