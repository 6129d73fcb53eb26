"""What was known beforehand, as two tables: the letters as they were meant, and each slip with who shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.app.demo.compare import day
from licet.app.demo.foreseen import Foreseen, Letter, Slipped
from licet.app.demo.pages import shown
from licet.app.demo.table import WIDE, letters
from licet.core.change import NARROWING, WIDENING
from licet.core.differences import Differences
from licet.core.facts import About
from licet.core.instruments import Instrument
from licet.core.preview import Row
from licet.core.proof import Answer
from licet.services.findings import described

GOOD, BAD = "green", "bold red"


def foreseen_report(console: Console, instruments: Sequence[Instrument], foreseen: Foreseen) -> None:
    """Both tables, the pages, and whether all is as it has to be."""
    foreseen_overview(console, instruments, foreseen)
    console.print()
    console.print(Text("Each of them as a page:", style="bold"))
    for page in (*(each.page for each in foreseen.letters), *(each.page for each in foreseen.slips)):
        console.print(Text(shown(page)), soft_wrap=True)
    console.print()
    foreseen_verdict(console, foreseen)


def foreseen_overview(console: Console, instruments: Sequence[Instrument], foreseen: Foreseen) -> None:
    """Both tables."""
    console.print(Text("Before it was in force", style="bold"))
    console.print(f"What `licet review` says of each letter on its day, over {foreseen.size:,} fictional accounts:")
    console.print()
    console.print(letter_table(foreseen.letters, letters(instruments), console.width))
    console.print()
    console.print(Text("◐ and is served another model   ✕ and is refused   ? only because a fact is unknown", "dim"))
    console.print()
    console.print("The same order with a slip of the pen; a property does not hold then, and somebody shows it:")
    console.print()
    console.print(slip_table(foreseen.slips))


def foreseen_verdict(console: Console, foreseen: Foreseen) -> None:
    """Whether all is as it has to be, and what is not."""
    for line in foreseen.wrong:
        console.print(Text(line, style=BAD), soft_wrap=True)
    proofs = sum(len(each.found.proofs) for each in foreseen.letters)
    caught = sum(each.is_caught for each in foreseen.slips)
    said = f"{len(foreseen.letters)} letters reviewed, {proofs} properties asked about"
    console.print(
        Text(f"{said}, {caught} of {len(foreseen.slips)} slips caught", style=BAD if foreseen.wrong else GOOD)
    )


def plain(*columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for name in columns:
        table.add_column(Text(name), justify="right" if name in right else "left", vertical="top")
    return table


def letter_table(found: Sequence[Letter], marks: Mapping[str, str], width: int) -> Table:
    """A row for each letter and model of which anything changes."""
    wide = width >= WIDE
    columns = ["letter", "from", "model", "lose it", "unknown", "gain it", "properties", "officers"]
    table = plain(*columns, right=("lose it", "unknown", "gain it"))
    for letter in found:
        for number, cells in enumerate(model_rows(letter)):
            first = number == 0
            head = letter_cells(letter, marks, wide) if first else [Text(), Text()]
            table.add_row(*head, *cells, *(answer_cells(letter) if first else [Text(), Text()]))
    return table


def letter_cells(letter: Letter, marks: Mapping[str, str], wide: bool) -> list[Text]:
    """Which letter, and from when on."""
    name = letter.desk.letter
    text = Text(f"{marks.get(name, '')} ", style="bold").append(name if wide else "", style="not bold")
    return [text, Text(minute(local(letter, letter.desk.issued if letter.found.preview is None else effect(letter))))]


def effect(letter: Letter) -> datetime:
    """When it takes effect: the instant that was counted at."""
    return letter.found.preview.at if letter.found.preview is not None else letter.desk.issued


def local(letter: Letter, at: datetime) -> datetime:
    """An instant as the letter would write it."""
    return at.astimezone(letter.desk.issued.tzinfo)


def minute(at: datetime) -> str:
    return f"{day(at)} {at:%H:%M}"


def model_rows(letter: Letter) -> Iterator[list[Text]]:
    """Model by model: how many lose it and what they get instead, how many of them for want of a fact, who gains it."""
    rows = letter.found.preview.rows if letter.found.preview is not None else ()
    for model in dict.fromkeys(row.change.model for row in rows):
        some = [row for row in rows if row.change.model == model]
        lose = [row for row in some if row.change.effect in NARROWING]
        gain = total(row for row in some if row.change.effect in WIDENING)
        unknown = total(row for row in lose if row.change.unknown)
        instead = bool(lose) and all(row.change.becomes for row in lose)
        yield [
            Text(model, style="bold"),
            Text(f"{total(lose):,} {'◐' if instead else '✕'}" if lose else "", style="yellow" if instead else "red"),
            Text(f"{unknown:,} ?" if unknown else "", style="magenta"),
            Text(f"{gain:,} ●" if gain else "", style=GOOD),
        ]


def total(rows: Iterator[Row] | Sequence[Row]) -> int:
    return sum(row.subjects for row in rows)


def answer_cells(letter: Letter) -> list[Text]:
    """How many properties are proved, and how many officers it needs."""
    proofs, alone = letter.found.proofs, letter.found.one_officer
    proved = sum(each.answer is Answer.PROVED for each in proofs)
    sign, style = ("✓", GOOD) if proved == len(proofs) else ("✕", BAD)
    return [
        Text(f"{sign} {proved} of {len(proofs)} proved", style=style),
        Text("1: it only narrows" if alone else "2: it widens", style=GOOD if alone else "yellow"),
    ]


def slip_table(found: Sequence[Slipped]) -> Table:
    """A row for each slip."""
    table = plain("the order…", "accounts let through", "caught by", "for example, somebody with")
    for each in found:
        sign, style = ("✓", GOOD) if each.is_caught else ("✕", BAD)
        table.add_row(
            Text(each.slip.what, style="bold"),
            Text(let_through(each)),
            Text(f"{sign} {each.slip.caught_by}" if each.is_caught else f"{sign} nothing", style=style),
            Text(example(each)),
        )
    return table


def let_through(slipped: Slipped) -> str:
    """How many would have been served what, and until when if that ends."""
    counted = widened(slipped.let_through)
    if not counted:
        return "nobody"
    ends = {each.end for each in slipped.let_through.differences if each.widens}
    until = [each.astimezone(slipped.found.now.tzinfo) for each in ends if each is not None]
    tail = f"\nuntil {max(until):%H:%M:%S}" if until and None not in ends else ""
    return "\n".join(f"{number:,} to {model}" for model, number in counted.items()) + tail


def widened(between: Differences) -> dict[str, int]:
    """How many gain each model at the first instant at which anybody gains it."""
    found: dict[str, int] = {}
    begins: dict[str, datetime] = {}
    for each in between.differences:
        model = each.change.model
        if each.widens and each.count and begins.setdefault(model, each.start) == each.start:
            found[model] = found.get(model, 0) + each.count
    return found


def example(slipped: Slipped) -> str:
    """The counterexample: what is known of somebody, and what they would be served when."""
    proof = slipped.proof
    if proof is None or proof.witness is None:
        return ""
    witness = proof.witness
    at = witness.at.astimezone(slipped.found.now.tzinfo)
    about = slipped.found.proposal.rulebook.facts
    known = {name: value for name, value in witness.facts.items() if about[name].about is About.SUBJECT}
    return f"{described(known)}\n{witness.model}, {day(at)} {at:%H:%M:%S}"


def foreseen_json(foreseen: Foreseen | None) -> dict[str, Any] | None:
    """The same for programs."""
    if foreseen is None:
        return None
    return {
        "accounts": foreseen.size,
        "letters": [letter_json(each) for each in foreseen.letters],
        "slips": [slip_json(each) for each in foreseen.slips],
        "wrong": list(foreseen.wrong),
    }


def letter_json(letter: Letter) -> dict[str, Any]:
    """One letter as it was meant."""
    found = letter.found
    return {
        "name": letter.desk.letter,
        "read": found.now.isoformat(),
        "from": effect(letter).isoformat(),
        "one_officer": found.one_officer,
        "models": [
            {
                "model": row.change.model,
                "kind": row.kind,
                "effect": row.change.effect.value,
                "becomes": row.change.becomes,
                "unknown": list(row.change.unknown),
                "accounts": row.subjects,
            }
            for row in (found.preview.rows if found.preview is not None else ())
        ],
        "sentences": list(found.sentences),
        "proofs": {each.property.name: each.answer.value for each in found.proofs},
        "page": str(letter.page),
    }


def slip_json(slipped: Slipped) -> dict[str, Any]:
    """One slip."""
    return {
        "name": slipped.slip.name,
        "letter": slipped.slip.letter,
        "let_through": widened(slipped.let_through),
        "caught": slipped.is_caught,
        "caught_by": slipped.slip.caught_by,
        "example": example(slipped).splitlines(),
        "page": str(slipped.page),
    }
