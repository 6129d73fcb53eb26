"""Nothing is lost on its way to the screen, however narrow it is."""

from __future__ import annotations

import io

from rich.console import Console

from licet.cli.terminal.blocks import Grid, Line, pairs
from licet.cli.terminal.screen import INSTANT, Plain, Terminal, fitted, printable, rich_pairs, rich_table

COLUMNS = ("kind", "instrument", "since", "until", "about")
ROWS = (
    ("lift", "us-doc-30", "2026-06-30T20:00:00-04:00", "", "ends us-doc-2026-06-12, us-doc-2026-06-26"),
    ("release", "dev-mythos-5-" + "x" * 60, "2026-06-30T20:00:00-04:00", "never in force", "fable-5, mythos-5"),
)


def letters(text: str) -> int:
    return sum(each.isalnum() for each in text)


def test_a_table_loses_no_text_at_any_width() -> None:
    cells = [[Line(text) for text in row] for row in ROWS]
    expected = sum(map(letters, COLUMNS)) + sum(letters(INSTANT.sub(r"\1 \2", text)) for row in ROWS for text in row)
    for width in range(20, 200):
        stream = io.StringIO()
        Console(file=stream, width=width).print(rich_table(COLUMNS, cells, width))
        assert letters(stream.getvalue()) == expected, width
        assert max(map(len, stream.getvalue().splitlines())) <= width


def test_a_command_stays_one_line_to_be_copied_and_a_sentence_is_broken_at_words() -> None:
    stream = io.StringIO()
    command, sentence = "licet verify claim " + "--more " * 40 + "end", "a sentence " * 20
    Terminal(stream).show([Line(command), Line(sentence)])
    assert stream.getvalue().splitlines()[0] == command
    assert len(stream.getvalue().splitlines()) > 2


def test_pairs_lose_no_text_either() -> None:
    rows = pairs(("rulebook", "sha256:" + "0123456789abcdef" * 4), ("nothing", "")).rows
    assert len(rows) == 1
    for width in range(30, 100):
        stream = io.StringIO()
        Console(file=stream, width=width).print(rich_pairs(rows))
        assert letters(stream.getvalue()) == letters("rulebooksha256") + 64


def test_columns_take_what_they_need_and_no_more() -> None:
    assert fitted([["a", "bb"], ["a word or two"]], 80) == [2, 13]
    assert fitted([["a", "bb"], ["a word or two"]], 14) == [2, 7]
    assert min(fitted([["abc"], ["def"]], 3)) == 1


def test_plain_grids_line_up() -> None:
    stream = io.StringIO()
    Plain(stream).show([Grid([[Line("a"), Line("b\x1b[0m")], [Line("long"), Line("")]], ("x", "y")), Line("end")])
    assert stream.getvalue() == "X     Y\na     b\\x1b[0m\nlong\nend\n"


def test_printable_keeps_what_people_write() -> None:
    assert printable("Übung 日本 ok") == "Übung 日本 ok"
    assert printable("a\nb\u202ec") == "a\\nb\\u202ec"
