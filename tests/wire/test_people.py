"""The CSV form of people: what is read, and each way to be wrong, with its place."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.core.facts import About, Fact, Kind, Members
from licet.wire.documents import SourceFile, read_files
from licet.wire.people import Person, read_people
from licet.wire.sheet import SheetRejected

DECLARED = {
    fact.name: fact
    for fact in (
        Fact("us_citizen", Kind.BOOLEAN, About.SUBJECT, "", ""),
        Fact("citizenships", Kind.COUNTRIES, About.SUBJECT, "", ""),
        Fact("clearance", Kind.INTEGER, About.SUBJECT, "", ""),
        Fact("org", Kind.STRING, About.SUBJECT, "", ""),
        Fact("residence", Kind.COUNTRY, About.SUBJECT, "", ""),
        Fact("status", Kind.STRING, About.SUBJECT, "", "", frozenset({"lpr", "refugee"})),
        Fact("stream", Kind.BOOLEAN, About.REQUEST, "", ""),
    )
}


def read(text: str | bytes) -> list[Person]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read_people(io.BytesIO(raw), DECLARED, file="people.csv"))


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(SheetRejected) as rejected:
        read(text)
    return [str(problem) for problem in rejected.value.problems]


def test_a_row_is_a_subject_and_its_facts() -> None:
    (person,) = read(
        "subject,kind,us_citizen,citizenships,citizenships_complete,clearance,org,residence,status,how,level,at\r\n"
        'a@b.example,person,false,DE;FR,true,-7,"Acme, ""Inc.""",DE,lpr,passport,high,2026-06-12T17:21:00-04:00\r\n'
    )
    assert (person.subject, person.kind) == ("a@b.example", "person")
    assert person.facts == {
        "us_citizen": False,
        "citizenships": Members(frozenset({"DE", "FR"}), True),
        "clearance": -7,
        "org": 'Acme, "Inc."',
        "residence": "DE",
        "status": "lpr",
    }
    assert (person.how, person.level, person.attested_by, person.until) == ("passport", "high", None, None)
    assert person.at == datetime(2026, 6, 12, 21, 21, tzinfo=UTC)


def test_an_empty_cell_is_not_attested() -> None:
    (person,) = read("subject,kind,us_citizen,citizenships,citizenships_complete,at\nalice,person,,,false,\n")
    assert person.facts == {}
    assert person.at is None


def test_a_set_is_incomplete_unless_it_says_so() -> None:
    people = read("subject,kind,citizenships\nalice,person,DE\n") + read(
        "subject,kind,citizenships,citizenships_complete\nbob,person,DE,\ncarl,person,DE,false\ndora,person,DE,true\n"
    )
    flags = [isinstance(value, Members) and value.complete for person in people for value in person.facts.values()]
    assert flags == [False, False, False, True]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK(""x"")', "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_takes_for_a_formula_is_text(text: str) -> None:
    (person,) = read(f'subject,kind,org\n=alice,person,"{text}"\n')
    assert person.facts == {"org": text.replace('""', '"')}
    assert person.subject == "=alice"


def test_a_byte_order_mark_at_the_start_is_a_spreadsheets() -> None:
    (person,) = read(b"\xef\xbb\xbfsubject,kind\nalice,person\n")
    assert person.subject == "alice"


def spec_block(language: str) -> bytes:
    """The example in that language from `spec/subjects.md`."""
    page = (Path(__file__).parents[2] / "spec" / "subjects.md").read_text()
    return page.partition(f"```{language}\n")[2].partition("```")[0].encode()


def test_the_examples_of_the_specification_are_read() -> None:
    alice, bob, bot = read(spec_block("csv"))
    assert alice.facts == {"us_citizen": False, "citizenships": Members(frozenset({"CA", "DE"}), True)}
    assert (bob.facts, bot.facts, bot.kind) == ({"us_citizen": True}, {"org": "acme.example"}, "workload")
    (subject,) = read_files([SourceFile("people.yaml", spec_block("yaml"), lambda _name: None)]).documents.subjects
    assert {each.fact: each.value for each in subject.facts} == alice.facts


HEADER = "subject,kind,us_citizen,citizenships,citizenships_complete,clearance,org,residence,status,at\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",person,,,,,,,,", "2:1: `subject` is empty; it must be filled in every row"),
        ("a,,,,,,,,,", "2:3: `kind` is empty; it must be filled in every row"),
        (
            "a b,person,,,,,,,,",
            "2:1: `a b` is not a subject's name: at most 200 printable ASCII characters without spaces",
        ),
        ("a,Person,,,,,,,,", "2:3: `Person` is not a kind; allowed is `person` or `workload`"),
        ("a,person,TRUE,,,,,,,", "2:10: `TRUE` is neither `true` nor `false` (in small letters), nor an empty cell"),
        ("a,person,1,,,,,,,", "2:10: `1` is neither `true` nor `false` (in small letters), nor an empty cell"),
        ("a,person,,US;,,,,,,", "2:11: `US;` has an empty member; members are separated by one `;` each"),
        ("a,person,,US;US,,,,,,", "2:11: `US;US` names a member twice"),
        ("a,person,,US; DE,,,,,,", "2:11: ` DE` begins or ends with space, or has a character that does not print"),
        (
            "a,person,,US;Germany,,,,,,",
            "2:11: `Germany` is not a value of `citizenships`; allowed is " + DECLARED["citizenships"].allowed,
        ),
        (
            "a,person,,,true,,,,,",
            "2:12: `citizenships` is empty, so it cannot be complete; attest an empty set in YAML instead",
        ),
        ("a,person,,US,yes,,,,,", "2:14: `yes` is neither `true` nor `false` (in small letters), nor an empty cell"),
        ("a,person,,,,+1,,,,", "2:13: `+1` is not a whole number between -9007199254740991 and 9007199254740991"),
        ("a,person,,,,01,,,,", "2:13: `01` is not a whole number between -9007199254740991 and 9007199254740991"),
        (
            "a,person,,,,\u0663,,,,",
            "2:13: `\u0663` is not a whole number between -9007199254740991 and 9007199254740991",
        ),
        (
            "a,person,,,,9007199254740992,,,,",
            "2:13: `9007199254740992` is not a whole number between -9007199254740991 and 9007199254740991",
        ),
        ("a,person,,,,, x,,,", "2:14: ` x` begins or ends with space, or has a character that does not print"),
        (
            "a,person,,,,,x\u202ey,,,",
            r"2:14: `x\u202ey` begins or ends with space, or has a character that does not print",
        ),
        (
            "a,person,,,,,,de,,",
            "2:15: `de` is not a value of `residence`; allowed is " + DECLARED["residence"].allowed,
        ),
        ("a,person,,,,,,,tourist,", "2:16: `tourist` is not a value of `status`; allowed is one of `lpr`, `refugee`"),
        (
            "a,person,,,,,,,,2026-06-12T17:21:00",
            "2:17: `2026-06-12T17:21:00` is not an instant with an offset, such as `2026-06-12T17:21:00-04:00`",
        ),
        (
            "a,person,,,,,,,,2026-02-30T17:21:00Z",
            "2:17: `2026-02-30T17:21:00Z` is not an instant with an offset, such as `2026-06-12T17:21:00-04:00`",
        ),
        ("a,person", "2:9: the row has 2 cells, the header has 10"),
        ("a,person,,,,,,,,,x", "2:18: the row has 11 cells, the header has 10"),
        ("", "2:1: the row has 0 cells, the header has 10"),
        ('a,person,"x', "2:1: this is not CSV (RFC 4180): unexpected end of data"),
        ('a,person,"x"y,,,,,,,', "2:1: this is not CSV (RFC 4180): ',' expected after '\"'"),
    ],
)
def test_each_way_to_be_wrong_has_its_place(row: str, problem: str) -> None:
    assert problems(HEADER + row + "\n") == ["people.csv:" + problem]


ALLOWED = (
    "subject, kind, citizenships, citizenships_complete, clearance, org, residence, status, us_citizen,"
    " attested_by, how, level, at, until"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: the file is empty; its first line names the columns"]),
        ("subject,kind,shoe_size\n", [f"1:14: `shoe_size` is not a column; there are {ALLOWED}"]),
        ("subject,kind,stream\n", [f"1:14: `stream` is not a column; there are {ALLOWED}"]),
        ("subject,kind, org\n", [f"1:14: ` org` is not a column; there are {ALLOWED}"]),
        ("subject,kind,us_citizen_complete\n", [f"1:14: `us_citizen_complete` is not a column; there are {ALLOWED}"]),
        ("subject,kind,org,org\n", ["1:18: the column `org` is there twice"]),
        ("kind\n", ["1:1: there is no column `subject`"]),
        (
            "subject,kind,citizenships_complete\n",
            ["1:14: `citizenships_complete` goes with a column `citizenships`, which is not there"],
        ),
    ],
)
def test_each_way_a_header_is_wrong(text: str, expected: list[str]) -> None:
    assert problems(text) == ["people.csv:" + each for each in expected]


def test_a_fact_named_as_a_column_is_not_guessed_at() -> None:
    declared = {"level": Fact("level", Kind.INTEGER, About.SUBJECT, "", "")}
    with pytest.raises(SheetRejected, match="`level` could mean two things"):
        list(read_people([b"subject,kind,level\n"], declared, file="people.csv"))


def test_a_subject_has_one_row() -> None:
    text = 'subject,kind,org\nalice,person,"Ac\nme"\nbob,person,\nalice,person,\n'
    assert problems(text)[-1] == "people.csv:5:1: `alice` has a row already, in line 2"


def test_a_cell_over_several_lines_does_not_shift_places() -> None:
    text = 'subject,kind,org,clearance\nalice,person,"a\nb",x\nbob,person,,y\n'
    assert [line.split(": ")[0] for line in problems(text)] == ["people.csv:2:14", "people.csv:3:4", "people.csv:4:13"]


def test_bytes_that_are_not_utf8_have_their_place() -> None:
    assert problems(b"subject,kind,org\na,person,\xc3\xa9caf\xe9\n") == [
        "people.csv:2:14: the byte `0xe9` is not UTF-8; save the file as UTF-8"
    ]
    assert problems("subject,kind\n".encode("utf-16"))[0].startswith("people.csv:1:1: the byte `0xff` is not UTF-8")


def test_all_problems_are_reported_up_to_twenty() -> None:
    rows = [f"s{n},person,maybe\n" for n in range(30)]
    assert len(problems("subject,kind,us_citizen\n" + "".join(rows[:19]))) == 19
    assert len(problems("subject,kind,us_citizen\n" + "".join(rows))) == 20


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
            lambda t: t == t.strip() and t.isprintable()
        ),
        min_size=1,
    )
)
def test_every_text_that_prints_comes_back(texts: list[str]) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["subject", "kind", "org"])
    writer.writerows([f"s{n}", "person", text] for n, text in enumerate(texts))
    assert [person.facts["org"] for person in read(file.getvalue())] == texts


@given(st.binary(max_size=200))
def test_any_bytes_are_people_or_problems(noise: bytes) -> None:
    try:
        people = read(b"subject,kind,org\n" + noise)
    except SheetRejected as rejected:
        assert rejected.problems
        assert all(problem.line > 0 and problem.column > 0 for problem in rejected.problems)
    else:
        assert all(person.subject and person.kind for person in people)


def test_the_column_of_names_attests_nothing() -> None:
    """`subject` is also a fact about the request; a file's column of that name says who a row is about."""
    declared = {"subject": Fact("subject", Kind.STRING, About.REQUEST, "", "")}
    (person,) = read_people([b"subject,kind\n", b"jean,person\n"], declared, file="people.csv")
    assert (person.subject, person.facts) == ("jean", {})
