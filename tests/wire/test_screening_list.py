"""Screening lists and files of names: what is read, and every refusal with its place and without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from licet.wire.screening_list import COLUMNS, PartyType, digest_of, read_party_list
from licet.wire.screening_names import read_names
from licet.wire.sheet import SheetRejected

FOLDER = Path(__file__).parents[2] / "scenarios" / "screening"
SECRET = "Wilhelmina"


def test_the_invented_list_is_read_whole() -> None:
    content = (FOLDER / "list.csv").read_bytes()
    found = read_party_list(content, "list.csv")
    by_number = {each.number: each for each in found.parties}
    assert len(by_number) == 8
    assert content.decode().split("\n")[0].split(",") == list(COLUMNS)
    person, firm = by_number["1001"], by_number["2001"]
    assert person.type is PartyType.INDIVIDUAL
    assert person.names == ("KORVANOV, Dmilian Sergenev", "KORVANOF, Dmilyan", "KORWANOW, Dmiljan")
    assert person.countries == {"ZZ"}
    assert person.born == {"1961", "1961-05-03"}
    assert by_number["1002"].born == {"1974"}
    assert by_number["1002"].programs == ("INVENT-1", "INVENT-2")
    assert firm.countries == {"ZZ", "QF"}
    assert by_number["3001"].type is PartyType.VESSEL


def test_an_entrys_digest_is_that_of_what_it_says() -> None:
    one = read_party_list(b"_id,source,name,type\n1,IPL,A B,\n", "l")
    moved = read_party_list(b"name,type,_id,source,remarks\nA B, ,2,IPL,\n", "l")
    other = read_party_list(b"source,name,remarks\nIPL,A B,x\n", "l")
    assert one.parties[0].digest == moved.parties[0].digest == digest_of({"source": "IPL", "name": "A B"})
    assert one.parties[0].digest != other.parties[0].digest
    assert one.digest != moved.digest


def test_countries_stand_at_the_end_of_addresses_and_among_nationalities() -> None:
    header = b"source,name,addresses,citizenships,nationalities\n"
    (found,) = read_party_list(header + b'IPL,A,"1 AB Street, Port, ZZ; Elsewhere",QX,"QZ; Stateless"\n', "l").parties
    assert found.countries == {"ZZ", "QX", "QZ"}


def test_the_same_entry_twice_is_one() -> None:
    assert len(read_party_list(b"source,name\nIPL,A\nIPL,A\nIPL,B\n", "l").parties) == 2


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"", "1:1", "the file is empty"),
        (b"source,name,nome\n", "1:13", "`nome` is not a column"),
        (b"source,name,name\n", "1:13", "the column `name` is there twice"),
        (b"source\n", "1:1", "there is no column `name`"),
        (b"source,name\nIPL\n", "2:4", "the row has 1 cells"),
        (b"source,name\nIPL,A\nIPL, \n", "3:5", "`name` is empty"),
        (b"source,name,type\nIPL,A,Planet\n", "2:7", "`Planet` is not a type"),
        (b"source,name\nIPL," + b"x" * 501 + b"\n", "2:5", "longer than 500"),
        (b"source,name\nIPL,\xff\n", "2:5", "not UTF-8"),
        (b'source,name\nIPL,"A\n', "2:1", "not CSV"),
    ],
)
def test_a_list_that_is_not_in_order_is_refused_with_its_place(content: bytes, place: str, words: str) -> None:
    with pytest.raises(SheetRejected) as refused:
        read_party_list(content, "list.csv")
    first = refused.value.problems[0]
    assert f"{first.line}:{first.column}" == place
    assert words in first.message


def test_names_are_read() -> None:
    header = "subject,name,alt_names,type,country,date_of_birth\n"
    (found,) = read_names(f"{header}u-1,{SECRET} B, C D;E F ,Individual,NL,1971-02-28\n".encode(), "n")
    assert found.names == (f"{SECRET} B", "C D", "E F")
    assert (found.type, found.country, found.born) == (PartyType.INDIVIDUAL, "NL", "1971-02-28")
    assert SECRET not in repr(found)
    assert "1971" not in repr(found)


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        (f"subject,name,{SECRET}\n", "1:14", "column 3 is none of"),
        ("subject,name,name\n", "1:14", "twice"),
        ("name\n", "1:1", "there is no column `subject`"),
        ("", "1:1", "the file is empty"),
        (f"subject,name\n{SECRET} x,y\n", "2:1", "not a subject's name"),
        (f"subject,name\nu-1,{SECRET}\nu-1,{SECRET}\n", "3:1", "has a row already"),
        ("subject,name\nu-1,\n", "2:5", "1 to 500 letters"),
        (f"subject,name,type\nu-1,x,{SECRET}\n", "2:7", "a type is"),
        (f"subject,name,country\nu-1,x,{SECRET}\n", "2:7", "two capital letters"),
        (f"subject,name,date_of_birth\nu-1,x,{SECRET}\n", "2:7", "YYYY-MM-DD"),
        (f"subject,name\nu-1,{SECRET},x\n", f"2:{len(SECRET) + 6}", "the row has 3 cells"),
    ],
)
def test_names_that_are_not_in_order_are_refused_without_being_repeated(rows: str, place: str, words: str) -> None:
    with pytest.raises(SheetRejected) as refused:
        read_names(rows.encode(), "names.csv")
    first = refused.value.problems[0]
    assert f"{first.line}:{first.column}" == place
    assert words in first.message
    assert SECRET not in str(refused.value)
