"""Many cases at once: CSV in, strictly and all or nothing; one signed act; the queue, customer by customer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.test_cases import Officers, complete, desk, opened  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from tests.cli.conftest import Said

HEADER = "party,organisation,contact,models,orders,purpose,countries"
ROWS = (
    'acme,acme,"Jo, jo@acme.example",small,us-doc-2026-06-12,Defence,US;FR',
    "bolt,bolt,ann@bolt.example,small,us-doc-2026-06-12,Defence,US",
    "coil,coil,ben@coil.example,small,us-doc-2026-06-12,Defence,US",
)
OPEN = ("case", "open", "licence_application", "--csv")


def sheet(*rows: str, header: str = HEADER, name: str = "customers.csv", end: str = "\n", bom: bytes = b"") -> Path:
    Path(name).write_bytes(bom + "".join(f"{each}{end}" for each in (header, *rows)).encode())
    return Path(name)


@pytest.fixture
def queue(opened: Officers) -> Officers:  # noqa: F811 - the fixture
    """The same, with three parts of C-1: C-2, C-3, C-4."""
    said = opened("ann", *OPEN, sheet(*ROWS), "--parent", "C-1", "--json")
    assert said.code == 0, said
    assert said.tree["result"] == {"cases": ["C-2", "C-3", "C-4"]}
    return opened


def parts(desk: Officers) -> list[Any]:  # noqa: F811 - the fixture
    found: list[Any] = desk("ann", "case", "queue", "C-1", "--json").tree["parts"]
    return found


def names(said: Said) -> list[tuple[int, int]]:
    return [(each["line"], each["column"]) for each in said.tree["error"]["problems"]]


def test_a_case_for_each_row_in_one_act(queue: Officers) -> None:
    assert [(each["case"], each["party"], each["state"]) for each in parts(queue)] == [
        ("C-2", "acme", "registered"),
        ("C-3", "bolt", "registered"),
        ("C-4", "coil", "registered"),
    ]
    fields = queue("ann", "case", "show", "C-2", "--json").tree["fields"]
    assert (fields["contact"], fields["countries"]) == ("Jo, jo@acme.example", ["FR", "US"])
    assert len({each["act"] for each in queue("ann", "case", "show", "C-3", "--json").tree["entries"]}) == 1
    text = queue("ann", "case", "queue", "C-1").out
    assert "3 cases, 3 open: 3 Registered" in text
    assert "pending" in text
    tree = queue("ann", "case", "queue", "C-1", "--state", "referred", "--json").tree
    assert (tree["parts"], tree["counts"], tree["open"], tree["overdue"]) == ([], {"registered": 3}, 3, 0)
    assert "has no parts" in queue("ann", "case", "queue", "C-2").out


@pytest.mark.parametrize(("end", "bom"), [("\r\n", b""), ("\n", b"\xef\xbb\xbf"), ("\r\n", b"\xef\xbb\xbf")])
def test_a_byte_order_mark_and_cr_lf_are_fine(opened: Officers, end: str, bom: bytes) -> None:  # noqa: F811
    assert opened("ann", *OPEN, sheet(*ROWS, end=end, bom=bom)).code == 0


@pytest.mark.parametrize(
    ("header", "rows", "places", "message"),
    [
        (
            HEADER + ",frob",
            [ROWS[1] + ",x"],
            [(1, 60)],
            "`frob` is not a column; there are role, party, happened, late",
        ),
        (HEADER + ",party", [ROWS[1] + ",x"], [(1, 60)], "the column `party` is there twice"),
        (HEADER, [], [(1, 59)], "there are no rows below the header"),
        (HEADER, [ROWS[1], "bolt,bolt"], [(3, 10)], "the row has 2 cells, the header has 7"),
        (HEADER, [ROWS[1], ""], [(3, 1)], "the row has 0 cells"),
        (HEADER, [ROWS[1].replace("US", "USA"), ROWS[2].replace("US", "x;US")], [(2, 60), (3, 60)], "is not allowed"),
        (HEADER, [ROWS[1].replace("Defence", "")], [(2, 52)], "`purpose`: it is missing"),
        (HEADER, [ROWS[1].replace("bolt,bolt", ",bolt")], [(2, 1)], "who is the `applicant`?"),
        (HEADER + ",happened", [ROWS[1] + ",yesterday"], [(2, 63)], "`yesterday` is not an instant with an offset"),
        (HEADER + ",late", [ROWS[1] + ",why"], [(2, 63)], "fill `happened` too"),
        (HEADER, [ROWS[0] + '"', '"x"y'], [], "is not CSV"),
        (HEADER, [ROWS[1].replace("Defence", "a\u202eb")], [(2, 52)], "U+202E"),
        (HEADER, [ROWS[1].replace("Defence", "a\x1b[2Jb")], [(2, 52)], "U+001B"),
    ],
)
def test_a_wrong_sheet_opens_nothing_and_says_where(
    opened: Officers,  # noqa: F811
    header: str,
    rows: list[str],
    places: list[tuple[int, int]],
    message: str,
) -> None:
    said = opened("ann", *OPEN, sheet(*rows, header=header), "--json")
    assert said.code == 3, said
    assert said.tree["error"]["code"] == "sheet_rejected"
    assert message in said.tree["error"]["message"]
    assert not places or names(said) == places
    assert len(opened("ann", "case", "list", "--json").tree["cases"]) == 1


@pytest.mark.parametrize(
    ("header", "row", "options", "problem"),
    [
        (
            "organisation,models",
            "bolt,small",
            (),
            "2:1: several roles may `propose`: fill the columns `role` and `party`, or say it for all rows, with `--",
        ),
        (
            "organisation,models",
            "bolt,small",
            ("--role", "proposer"),
            "2:1: who is the `proposer`? Fill the column `party`, or say it for all rows with `--party 'proposer=",
        ),
        (
            "party,role,organisation,models",
            "acme,customer,acme,small",
            (),
            "2:6: `customer` is no party of `customer_approval@2026-07`",
        ),
        ("party,organisation,models", "acme,bolt,small", (), "2:1: `party` is in which role?"),
        (
            "party,role,organisation,models",
            "acme,organisation,bolt,small",
            (),
            "2:19: `organisation` (the organisation) of this case is `bolt`",
        ),
    ],
)
def test_who_it_is_of_a_row_can_be_told(
    opened: Officers,  # noqa: F811
    header: str,
    row: str,
    options: tuple[str, ...],
    problem: str,
) -> None:
    asked = ("case", "open", "customer_approval", "--csv", sheet(row, header=header), "--parent", "C-1")
    said = opened("ann", *asked, *options)
    assert said.code == 3, said
    assert f"customers.csv:{problem}" in said.err


def test_who_acted_is_said_in_a_column_or_for_all_rows(queue: Officers) -> None:
    assert queue("ann", "case", "act", "refer", "--parent", "C-1", "--field", "agencies=State").code == 0
    path = sheet("C-2,State", "C-3,State", header="case,agency")
    said = queue("ann", "case", "act", "say_complete", "--csv", path)
    assert said.code == 3, said
    assert "customers.csv:2:1: who is the `agency`? Fill the column `party`, or say it for all rows with" in said.err
    assert queue("ann", "case", "act", "say_complete", "--csv", path, "--party", "agency=State").code == 0


def test_a_part_of_a_queue_keeps_what_else_it_is_linked_to(opened: Officers) -> None:  # noqa: F811
    said = opened("ann", *OPEN, sheet(*ROWS), "--parent", "C-1", "--link", "follows=C-1")
    assert "3 cases opened: C-2 to C-4" in said.out
    links = opened("ann", "case", "show", "C-3", "--json").tree["links"]
    assert [(each["relation"], each["target"]) for each in links] == [("part of", "C-1"), ("follows", "C-1")]


def test_an_empty_file_and_one_that_is_not_there(opened: Officers) -> None:  # noqa: F811
    Path("empty.csv").write_bytes(b"")
    assert "empty.csv:1:1: the file is empty" in opened("ann", *OPEN, "empty.csv").err
    assert "cannot read `none.csv`" in opened("ann", *OPEN, "none.csv").err
    Path("latin.csv").write_bytes((HEADER + "\n").encode() + "bölt".encode("latin-1"))
    assert "is not UTF-8" in opened("ann", *OPEN, "latin.csv").err


def test_a_field_by_option_and_by_column_is_refused(opened: Officers) -> None:  # noqa: F811
    said = opened("ann", *OPEN, sheet(ROWS[1]), "--field", "purpose=x")
    assert "customers.csv:2:52: `purpose` is given with an option too" in said.err


def test_several_cases_by_name_by_queue_and_by_row_are_one_act(queue: Officers) -> None:
    done = queue("ann", "case", "act", "refer", "--case", "C-2", "--case", "C-3", "--field", "agencies=State", "--json")
    assert [each["state"] for each in done.tree["result"]["cases"]] == ["referred", "referred"]
    assert queue("ann", "case", "act", "refer", "--case", "C-4", "--case", "C-4", "--field", "agencies=x").code == 2
    done = queue(
        "ann", "case", "act", "refer", "--parent", "C-1", "--state", "registered", "--field", "agencies=State", "--json"
    )
    assert [each["case"] for each in done.tree["result"]["cases"]] == ["C-4"]
    said = queue("ann", "case", "act", "refer", "--parent", "C-1", "--state", "registered", "--field", "agencies=x")
    assert "`C-1` has no part in the state `registered`; its parts are in `referred`" in said.err
    asked = sheet("C-2,who are they", "C-4,where is it", header="case,missing", name="asked.csv")
    done = queue("ann", "case", "act", "ask_applicant", "--csv", asked, "--json")
    assert (done.code, len(done.tree["result"]["cases"])) == (0, 2)
    assert queue("ann", "case", "show", "C-4", "--json").tree["fields"]["missing"] == "where is it"
    mixed = sheet("C-2,withdraw,too late", "C-3,withdraw,", header="case,event,why", name="mixed.csv")
    said = queue("ann", "case", "act", "--csv", mixed)
    assert said.code == 0, said
    assert "entered in 2 cases: C-2, C-3" in said.out
    assert [each["outcome"] for each in parts(queue)] == ["withdrawn", "withdrawn", None]


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("case,agencies", ["C-2,x", "C-9,x"], "acts.csv:3:1: there is no case `C-9`"),
        ("case,agencies", ["C-2,x", "C-2,y"], "acts.csv:3:1: `C-2` has a row already, in line 2"),
        ("case,agencies,frob", ["C-2,x,y"], "acts.csv:1:15: `frob` is not a column; there are case, event"),
        ("case,role,agencies", ["C-2,,x", "C-3,chair,x"], "acts.csv:3:5: `chair` may not `refer`"),
        ("case,event,agencies", ["C-2,refer,x", "C-3,deny,x"], "acts.csv:3:5: `deny` is not possible in `C-3`"),
        ("case,event,agencies", ["C-2,refer,x", "C-3,,x"], "acts.csv:3:5: `event` is empty"),
        ("agencies", ["x"], "acts.csv:1:1: there is no column `case`"),
    ],
)
def test_a_wrong_row_enters_nothing_anywhere(queue: Officers, header: str, rows: list[str], message: str) -> None:
    path = sheet(*rows, header=header, name="acts.csv")
    said = queue("ann", "case", "act", *([] if "event" in header else ["refer"]), "--csv", path)
    assert said.code == 3, said
    assert message in said.err
    assert {each["number"] for each in parts(queue)} == {2}


def test_each_organisation_gets_its_own_decision_and_licence_by_two(queue: Officers) -> None:
    assert queue("ann", "case", "decide", "C-2", "grant", "all.yaml", "--draft").code == 0
    complete("all.yaml")
    own = "case,decision.summary,decision.terms.licence,decision.terms.to"
    rows = [f"C-{n},A licence for {who},lic-{who},\"org == '{who}'\"" for n, who in ((2, "acme"), (3, "bolt"))]
    path = sheet(*rows, header=own, name="grants.csv")
    proposed = queue("ann", "case", "act", "grant", "--csv", path, "--decision", "all.yaml", "--json")
    assert proposed.code == 6, proposed
    assert "grant in C-2, C-3" in queue("ben", "proposals", "--open").out
    approved = queue("ben", "approve", proposed.tree["act"]).out
    for each in ("decision.terms.licence", "lic-acme", "lic-bolt", "all of them", "A. Counsel"):
        assert each.casefold() in approved.casefold()
    found = queue("ann", "case", "instrument", "C-2", "C-3", "--json").tree["documents"]
    assert [(each["licence"], each["to"]) for each in found] == [
        ("lic-acme", 'org == "acme"'),
        ("lic-bolt", 'org == "bolt"'),
    ]
    assert [each["outcome"] for each in parts(queue)] == ["granted", "granted", None]
    unfinished = sheet("C-4,,lic-coil,true", header=own, name="more.csv")
    Path("none.yaml").write_text("basis: [15 CFR 750.7]\n")
    said = queue("ann", "case", "act", "grant", "--csv", unfinished, "--decision", "none.yaml")
    assert said.code != 0, said
    assert parts(queue)[2]["number"] == 2
