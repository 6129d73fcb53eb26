"""Cases: 100,000 of 30 entries each on SQLite; what is due, one case, a round of the clocks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import process_time
from typing import NamedTuple

from bench.figures import goal, goals, percentile, table
from bench.register import PROCESSES, Publications, publications
from licet.adapters.calendars import Holidays
from licet.adapters.store import SqlStore, create_store, open_store
from licet.cli.cases.bounded import SHOWN
from licet.core.cases.case import Link
from licet.core.cases.entry import Entry
from licet.services.cases.firing import fire
from licet.services.cases.indexing import due_of, row_of
from licet.services.cases.laws import Law, law_of
from licet.services.cases.looking import look, standing
from licet.services.cases.ports import Casework, Opened, Opening, StoredCase, place_of

CASES = 100_000
ENTRIES = 30
SHAPES = 200
"""How many cases differ in more than their number."""
CLOSED = 5
"""One of so many is still open: a case of 30 entries is mostly over."""
READ = 500
"""How many single cases are read."""
NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)
BATCH = 5_000


class Late(NamedTuple):
    """Seconds of CPU where something is overdue in every case: what the commands show, and everything."""

    cases: int
    clocks: float
    owner: float
    cases_listed: float
    parts: float
    next_page: float
    everything: float


class Measured(NamedTuple):
    """Seconds of CPU, and how much there was of it."""

    made: float
    size: int
    due_now: float
    overdue: int
    due_week: float
    week: int
    due_first: float
    ones: list[float]
    listed: float
    late: Late
    register: Publications


def run(say: Callable[[str], None], cases: int = CASES) -> str:
    """Measure; the section for the results."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        say(f"cases: {cases:,} of {ENTRIES} entries")
        return section(measured(Path(name) / "state", cases), cases)


def measured(state: Path, cases: int) -> Measured:
    """One store, filled, opened anew, and asked."""
    began = process_time()
    with closing(create_store(state, NOW)) as store:
        fill(store, cases)
    made = process_time() - began
    with closing(open_store(state, NOW)) as store:
        law = law_of(store, Holidays(), NOW)
        due_now, overdue = timed(lambda: store.due_rows(until=NOW))
        due_week, week = timed(lambda: store.due_rows(until=NOW + timedelta(days=7)))
        due_first, _ = timed(lambda: store.due_rows(limit=200))
        listed, _ = timed(lambda: store.case_rows(topic="customer approval", is_open=True, limit=1_000))
        ones = sorted(one(store, law, name) for name in some(cases))
        late = all_late(state.parent / "late", cases)
        register = publications(store, state, state.parent / "register", NOW)
        assert not fire(store, law, NOW - timedelta(days=1000), Casework(Holidays()))
    return Measured(
        made,
        (state / "licet.db").stat().st_size,
        due_now,
        overdue,
        due_week,
        week,
        due_first,
        ones,
        listed,
        late,
        register,
    )


def all_late(state: Path, cases: int) -> Late:
    """Another store: so many cases of one entry, all parts of the first, in each of which something is overdue."""
    with closing(create_store(state, NOW)) as store:
        law = law_of(store, Holidays(), NOW)
        shapes = [shape(law, number, entries=1) for number in range(SHAPES)]
        opened = (late_part(shapes[number % SHAPES](os.urandom(32)), number) for number in range(cases))
        while batch := list(islice(opened, BATCH)):
            store.open_cases(batch, [], actor="bench", at=NOW)
    with closing(open_store(state, NOW)) as store:
        owner = store.due_rows(limit=1)[0].owner
        middle = place_of(store.due_rows(limit=cases // 2)[-1])
        assert store.due_count(until=NOW) >= cases
        return Late(
            cases,
            timed(lambda: (store.due_rows(limit=SHOWN), store.due_count(), store.due_count(until=NOW)))[0],
            timed(lambda: (store.due_rows(owner=owner, limit=SHOWN), store.due_count(owner=owner)))[0],
            timed(lambda: (store.case_rows(overdue=NOW, limit=SHOWN), store.case_counts(overdue=NOW)))[0],
            timed(lambda: (store.case_rows(parent="C-1", limit=SHOWN), store.case_counts(parent="C-1")))[0],
            timed(lambda: store.due_rows(after=middle, limit=1_000))[0],
            timed(lambda: store.due_rows(until=NOW))[0],
        )


def late_part(opened: Opened, number: int) -> Opened:
    """The same case with everything due in it overdue, as a part of the first."""
    past = NOW - timedelta(minutes=number + 1)
    due = tuple(each._replace(due=past, warned_from=past) for each in opened.due)
    return replace(opened, due=due, row=opened.row._replace(parent="C-1"), links=(Link("part of", "C-1"),))


def timed(ask: Callable[[], Sequence[object]]) -> tuple[float, int]:
    """The best of five, in seconds of CPU, and how many rows it gave."""
    found: Sequence[object] = ()
    best = float("inf")
    for _ in range(5):
        began = process_time()
        found = ask()
        best = min(best, process_time() - began)
    return best, len(found)


def some(cases: int) -> Iterator[str]:
    """The names of some cases."""
    random = Random(7)
    return (f"C-{random.randint(1, cases)}" for _ in range(READ))


def one(store: SqlStore, law: Law, name: str) -> float:
    """Read a case and derive it."""
    began = process_time()
    case = look(store, law, name, NOW)
    took = process_time() - began
    assert case.number == ENTRIES
    return took


def fill(store: SqlStore, cases: int) -> None:
    """Open the cases, each with all its entries, and with what is derived of them."""
    law = law_of(store, Holidays(), NOW)
    shapes = [shape(law, number) for number in range(SHAPES)]
    blinds = (os.urandom(32) for _ in range(cases))
    opened = (shapes[number % SHAPES](blind) for number, blind in enumerate(blinds))
    while batch := list(islice(opened, BATCH)):
        store.open_cases(batch, [], actor="bench", at=NOW)


def shape(law: Law, number: int, entries: int = ENTRIES) -> Callable[[bytes], Opened]:
    """One case of `ENTRIES` entries: proposed, asked for more again and again, some of them screened."""
    procedure = law.procedure("customer_approval")
    whole = tuple(islice(history(number), entries))
    case = standing(law, StoredCase("", procedure.digest, whole, b""), NOW)
    row, due = row_of(case), due_of(case)
    return lambda blind: Opened(Opening(procedure.digest, whole[0], blind), row, due, (), whole[1:])


def history(number: int) -> Iterator[Entry]:
    """The entries of a case, hours apart, so that they end within two months before now."""
    random = Random(number)
    at = NOW - timedelta(days=random.randint(2, 60), minutes=random.randint(0, 1439))
    names = ["propose", *["ask", "add_information"] * 6, "screen", *["ask", "add_information", "note"] * 6]
    asked: dict[str, dict[str, object]] = {
        "propose": {"organisation": f"Organisation {number}", "models": ["mythos-5"], "purpose": "research " * 20},
        "ask": {"missing": "who would have access, and from where " * 4},
        "add_information": {"answer": "the people of our own laboratory, from one building " * 4},
        "screen": {"screening": "no candidate", "screened_by": "the lists of the day"},
        "withdraw": {"why": "it is not needed any more"},
        "note": {"text": "seen and filed", "secrecy": "deliberation"},
    }
    names = names[:ENTRIES] if number % CLOSED == 0 else [*names[: ENTRIES - 1], "withdraw"]
    for position, name in enumerate(names, start=1):
        outside = name in ("propose", "add_information", "withdraw")
        role, party = ("organisation", "an organisation") if outside else ("reviewer", None)
        yield Entry(position, name, role, "ann", at, at, asked[name], party=party)
        at += timedelta(minutes=random.randint(5, 60))


def section(found: Measured, cases: int) -> str:
    """What was measured, as Markdown."""
    median, worst = percentile(found.ones, 0.5), percentile(found.ones, 0.99)
    rows = [
        (f"making {cases:,} cases", f"{found.made:.1f} s"),
        (f"what is overdue ({found.overdue:,})", f"{found.due_now * 1000:.1f} ms"),
        (f"what is due within a week ({found.week:,})", f"{found.due_week * 1000:.1f} ms"),
        ("what is due first (200)", f"{found.due_first * 1000:.2f} ms"),
        ("a list of 1,000 open cases", f"{found.listed * 1000:.1f} ms"),
        ("one case, read and derived: median", f"{median * 1000:.2f} ms"),
        ("one case, read and derived: 99 of 100", f"{worst * 1000:.2f} ms"),
    ]
    late = found.late
    rows += [
        (f"what is due first ({SHOWN}) and how much is, {late.cases:,} all overdue", f"{late.clocks * 1000:.1f} ms"),
        ("the same of one role", f"{late.owner * 1000:.1f} ms"),
        (
            f"the first {SHOWN} cases in which something is overdue, and how many there are",
            f"{late.cases_listed * 1000:.1f} ms",
        ),
        (f"the first {SHOWN} parts of one case, and how many are where", f"{late.parts * 1000:.1f} ms"),
        ("a page of 1,000 from the middle of what is due", f"{late.next_page * 1000:.1f} ms"),
        (f"everything that is due, {late.cases:,} all overdue", f"{late.everything * 1000:.1f} ms"),
    ]
    first, again, few = found.register
    rows += [
        (f"the register, all of it ({first.written:,} files)", f"{first.cpu:.1f} s in {first.wall:.1f} s"),
        (f"the register again, nothing changed ({again.written:,} files)", f"{again.cpu:.1f} s in {again.wall:.1f} s"),
        (f"an entry more in one case of a hundred ({few.written:,} files)", f"{few.cpu:.1f} s in {few.wall:.1f} s"),
    ]
    slowest = max(found.due_now, found.due_week, found.due_first)
    overdue = max(late.clocks, late.owner, late.cases_listed, late.parts, late.next_page)
    wanted = [
        goal("what is due", "0.3 s", f"{found.due_week:.3f} s", slowest <= 0.3),
        goal(f"what is due, {late.cases:,} all overdue", "0.3 s", f"{overdue:.3f} s", overdue <= 0.3),
        goal("one case", "5 ms", f"{worst * 1000:.2f} ms", worst <= 0.005),
        goal("the register, 1 in 100 cases changed", "60 s", f"{few.wall:.1f} s", few.wall <= 60),
        goal("the register from nothing", "60 s", f"{first.wall:.1f} s", first.wall <= 60),
    ]
    return f"""## Cases
{cases:,} cases of {ENTRIES} entries each on SQLite ({found.size / 1e9:.2f} GB), under the procedure
`customer_approval`, with clocks that are stopped and go on again; one case in {CLOSED} is open. One process, CPU time;
the register is made by {PROCESSES} processes: the CPU time of both, in the time on the wall.

{table(("step", "CPU"), rows)}

### Goals
{goals(wanted)}
"""
