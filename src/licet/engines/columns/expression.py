"""Columns: a population reduced to classes of subjects about whom everything that matters is the same.

Everything here is an Ibis expression on tables that exist nowhere yet: the population as it came, and one small table
for each column with many literals. `sql` spells it for an engine, so that one expression runs on DuckDB and on Spark.

The way in is `door`: behind it no column holds a NULL. Unknown is a value of its own there: the empty text, 0 of a
boolean, `NOT_KNOWN` of an integer. What a fact does not admit goes on as such, to its own code, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import ibis  # type: ignore[import-untyped]

from licet.core.facts import LARGEST_INTEGER, Fact, Kind
from licet.engines.columns.codes import (
    COMPLETE,
    CONTRADICTORY,
    KIND,
    PARTIAL,
    SEPARATOR,
    SUBJECT,
    UNSAID,
    UNTIL,
    Codes,
    Digit,
    Plan,
)

POPULATION = "population"
"""The table of the population, as it came."""

CLASSES = "fates"
"""The table of the classes that are looked for, by their keys, with a `fate` each."""

NATURAL_PERSON = "natural_person"
"""Whoever is a person is a natural one, unless the row says otherwise (as on import)."""

NOT_KNOWN, NOT_ADMITTED = 2**60, 2**60 + 1
"""Integers that no fact admits, for what is not known and for what is wrong."""

FEW = 3
"""Literals that are told apart within the expression; more are joined to."""

OFFSET = r"(Z|[+-][0-9][0-9]:[0-9][0-9])$"


class Form(StrEnum):
    """What the cells of a column are, as it came. Integers are of 64 bits at most."""

    TEXT = "string"
    FLAG = "boolean"
    WHOLE = "int64"
    TEXTS = "array<string>"


TAKES = {Kind.BOOLEAN: (Form.FLAG, Form.TEXT), Kind.INTEGER: (Form.WHOLE, Form.TEXT)}
"""The forms that a fact of a kind can come in; a set as texts or a list of them, everything else as text."""


def forms_of(fact: Fact) -> tuple[Form, ...]:
    """The forms in which a column for a fact can come."""
    if fact.kind.is_set:
        return (Form.TEXT, Form.TEXTS)
    return TAKES.get(fact.kind, (Form.TEXT,))


def companion(fact: str) -> str:
    """The column that says whether a set is complete."""
    return f"{fact}_complete"


def code_table(column: str) -> str:
    """The name of the table with a column's literals: `value` and `code`."""
    return f"codes_{column}"


def sql(expression: Any, dialect: str) -> str:
    """An expression as text for an engine: `duckdb`, `pyspark` ..."""
    return str(ibis.to_sql(expression, dialect=dialect))


SAID = "said"
"""The name under which a column also stands as it came."""


def door(forms: Mapping[str, Form], facts: Iterable[Fact], at: str, beside: str | None = None) -> Any:
    """A population with the columns of these facts (kind, name and end of validity included), without any NULL.

    `forms` are the columns as they came; a fact without one is unknown. From its `until` on a row says nothing;
    `at` is the instant to hold that against, RFC 3339 in UTC. The column `beside` also stands there as it came.
    """
    raw = ibis.table({name: form.value for name, form in forms.items()}, name=POPULATION)
    by_name = {fact.name: fact for fact in facts}
    past = _past(raw, at) if UNTIL.name in forms and UNTIL.name in by_name else None
    columns: dict[str, Any] = {}
    for name, fact in by_name.items():
        if name == UNTIL.name:
            columns[name] = past
            continue
        value, unknown = _column(raw, fact, forms)
        if name == NATURAL_PERSON:
            value = ibis.ifelse((value == 0) & (raw[KIND.name].fill_null("") == "person"), 2, value)
        kept = past is None or name in (KIND.name, SUBJECT)
        columns[name] = value if kept else ibis.ifelse(past == "past", unknown, value)
    if beside is not None:
        columns[SAID] = raw[beside].cast("string").fill_null("")
    return raw.select(**columns)


def _column(raw: Any, fact: Fact, forms: Mapping[str, Form]) -> tuple[Any, Any]:
    """A fact's column, and its unknown."""
    form = forms.get(fact.name)
    column: Any = raw[fact.name] if form else None
    if fact.kind is Kind.BOOLEAN:
        return (ibis.literal(0, "int64") if form is None else _flag(column, form)), ibis.literal(0, "int64")
    if fact.kind is Kind.INTEGER:
        return (ibis.literal(NOT_KNOWN) if form is None else _whole(column, form)), ibis.literal(NOT_KNOWN)
    if form is None:
        return ibis.literal(""), ibis.literal("")
    return (_set(raw, column, fact, forms) if fact.kind.is_set else column.fill_null("")), ibis.literal("")


def _flag(column: Any, form: Form) -> Any:
    """Unknown 0, false 1, true 2, anything else 3: the codes of a boolean."""
    if form is Form.FLAG:
        unknown, no, yes = (ibis.literal(code, "int64") for code in range(3))
        return ibis.cases((column, yes), (column.isnull(), unknown), else_=no)
    return column.fill_null("").cases(("", 0), ("false", 1), ("true", 2), else_=3).cast("int64")


def _whole(column: Any, form: Form) -> Any:
    """The integer, if it is in range and, as a text, in its one spelling."""
    number = column.cast("int64") if form is Form.WHOLE else column.try_cast("int64")
    fits = number.between(-LARGEST_INTEGER, LARGEST_INTEGER).fill_null(False)
    if form is Form.WHOLE:
        return ibis.ifelse(column.isnull(), NOT_KNOWN, ibis.ifelse(fits, number, NOT_ADMITTED)).fill_null(NOT_KNOWN)
    exact = fits & (number.cast("string") == column).fill_null(False)
    known = ibis.ifelse(exact, number, NOT_ADMITTED).fill_null(NOT_ADMITTED)
    return ibis.ifelse(column.fill_null("") == "", NOT_KNOWN, known)


def _set(raw: Any, column: Any, fact: Fact, forms: Mapping[str, Form]) -> Any:
    """A mark, how many members there are (of a list), and each after a separator (see `columns_codes.members_of`)."""
    name = companion(fact.name)
    if name not in forms:
        mark, silent = ibis.literal(PARTIAL), ibis.literal("")
    elif forms[name] is Form.FLAG:
        # what is not told is not said to be complete
        complete = raw[name]
        mark, silent = ibis.ifelse(complete, COMPLETE, PARTIAL), ibis.ifelse(complete, CONTRADICTORY, "")
    else:
        said = raw[name].fill_null("")
        mark = said.cases(("true", COMPLETE), ("false", PARTIAL), ("", PARTIAL), else_=UNSAID)
        silent = said.cases(("true", CONTRADICTORY), ("false", ""), ("", ""), else_=UNSAID)
    if forms[fact.name] is Form.TEXTS:
        # NULL members are not joined, so the number of members tells that one is missing
        parts = [mark, column.length().cast("string"), ibis.literal(SEPARATOR), column.join(SEPARATOR).fill_null("")]
        return ibis.ifelse(column.isnull(), silent, ibis.literal("").join(parts))
    members = ibis.literal(SEPARATOR) + column.fill_null("").replace(";", SEPARATOR)
    return ibis.ifelse(column.fill_null("") == "", silent, mark + members)


def _past(raw: Any, at: str) -> Any:
    """Whether a row's term is over: empty, `past`, or what it says if that is no instant."""
    text = raw[UNTIL.name].fill_null("")
    instant = text.try_cast("timestamp('UTC')")
    over = instant <= ibis.literal(at).cast("timestamp('UTC')")
    is_one = instant.notnull() & text.re_search(OFFSET)
    return ibis.ifelse(text == "", "", ibis.ifelse(is_one, ibis.ifelse(over, "past", "").fill_null(""), "?"))


def tables(plan: Plan) -> dict[str, dict[str | int, int]]:
    """The tables of literals that `reduced` joins to, by their names; the adapter makes them."""
    return {code_table(each.name): literals_of(each.codes) for each in plan.digits if _is_joined(each.codes)}


def _is_joined(codes: Codes) -> bool:
    return len(codes.values) > FEW


def reduced(population: Any, plan: Plan, keep: Mapping[str, str] | None = None) -> Any:
    """Each subject's keys, `key0`, `key1` ..., and the columns that are kept, under new names."""
    joined = [each for each in plan.digits if _is_joined(each.codes)]
    texts = {each.name: population[each.name] for each in joined}
    terms = [(each, code_of(population[each.name], each.codes)) for each in plan.digits if each not in joined]
    # what needs no join is done before, so that the joins carry little
    table = population.select(
        **_keys(terms, plan.words), **texts, **{f"kept_{new}": population[old] for new, old in (keep or {}).items()}
    )
    names = list(table.columns)
    for each in joined:
        form = "int64" if each.codes.steps else "string"
        literals = ibis.table({"value": form, "code": "int64"}, name=code_table(each.name))
        both = table.left_join(literals, table[each.name] == literals["value"])
        code = f"code_{each.name}"
        table = both.select(*(table[name] for name in names), **{code: literals["code"]})
        names.append(code)
    terms = [(each, code_of(table[each.name], each.codes, table[f"code_{each.name}"])) for each in joined]
    keys = _keys(terms, plan.words)
    return table.select(
        **{name: table[name] + key for name, key in keys.items()}, **{new: table[f"kept_{new}"] for new in keep or ()}
    )


def _keys(terms: Iterable[tuple[Digit, Any]], words: int) -> dict[str, Any]:
    """Codes at their places, added up to keys."""
    keys: dict[str, Any] = {f"key{word}": ibis.literal(0, "int64") for word in range(words)}
    for digit, code in terms:
        name = f"key{digit.word}"
        keys[name] = keys[name] + (code * (1 << digit.shift) if digit.shift else code)
    return keys


def code_of(column: Any, codes: Codes, joined: Any = None) -> Any:
    """The code of one column. `joined` is the literal's, or NULL, where the literals are a table."""
    if codes.fact.kind is Kind.BOOLEAN:
        return column
    rest = _rest(column, codes)
    if joined is not None:
        return joined.fill_null(rest)
    return column.cases(*literals_of(codes).items(), else_=rest).cast("int64")


def literals_of(codes: Codes) -> dict[str | int, int]:
    """The values with codes of their own, unknown among them."""
    return {NOT_KNOWN if codes.fact.kind is Kind.INTEGER else "": 0, **codes.values}


def _rest(column: Any, codes: Codes) -> Any:
    """The code of what is no literal."""
    rejected = ibis.literal(codes.rejected)
    if codes.fact.kind is Kind.INTEGER:
        *within, (_, last) = codes.steps
        stretch = ibis.literal(last)
        for end, code in reversed(within):
            stretch = ibis.ifelse(column < end, code, stretch)
        return ibis.ifelse(column == NOT_ADMITTED, rejected, stretch)
    if codes.other is None:
        return rejected
    if codes.fact.kind is Kind.COUNTRY:
        admitted = (column.length() == 2) & column.re_search("^[A-Z][A-Z]")
    else:
        admitted = column == column.strip()
    return ibis.ifelse(admitted, codes.other, rejected)


def classes(keys: Any, plan: Plan) -> Any:
    """The classes and how many subjects each has (`subjects`)."""
    return keys.group_by([f"key{word}" for word in range(plan.words)]).aggregate(subjects=lambda table: table.count())


def values(population: Any, column: str, most: int) -> Any:
    """The values of one column and how often each is there, at most so many of them."""
    return population.group_by(column).aggregate(subjects=lambda table: table.count()).limit(most)


def refused(population: Any, digit: Digit) -> Any:
    """Cells that a column does not admit, as they came (`said`), and how often each is there.

    `population` is what is behind a door with that column `beside`.
    """
    keys = reduced(population, Plan((Digit(digit.codes, 0, 0),), 1), {SAID: SAID})
    wrong = [0, digit.codes.rejected] if digit.codes.fact == KIND else [digit.codes.rejected]
    return keys.filter(keys.key0.isin(wrong)).group_by(SAID).aggregate(subjects=lambda table: table.count())


def most_frequent(counted: Any, most: int) -> Any:
    """The first rows of a count, the most frequent first."""
    return counted.order_by(counted.subjects.desc(), counted[SAID]).limit(most)


def fated(keys: Any, plan: Plan) -> Any:
    """Those subjects whose class has a fate, with it (`fate`) and what was kept of their columns."""
    names = [f"key{word}" for word in range(plan.words)]
    fates = ibis.table({**dict.fromkeys(names, "int64"), "fate": "int64"}, name=CLASSES)
    return keys.inner_join(fates, names).drop(*names)


def first(subjects: Any, most: int) -> Any:
    """For each `fate` the first so many names (`name`) that have it."""
    place = ibis.row_number().over(group_by="fate", order_by="name")
    ranked = subjects.mutate(place=place)
    return ranked.filter(ranked.place < most).select("fate", "name")


WANTED = "wanted"
"""The table of names (`name`) that are looked for."""


def wanted(subjects: Any) -> Any:
    """The `name` and `fate` of those who are looked for."""
    return subjects.inner_join(ibis.table({"name": "string"}, name=WANTED), "name").select("name", "fate")
