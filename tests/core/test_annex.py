"""Lists from CSV files: members, or a typed error with its line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.core.annex import AnnexRejectedError, digest_of, members_of


@given(st.one_of(st.binary(max_size=200), st.text(alphabet='a,"\n\r;\x00\ufeff ', max_size=60).map(str.encode)))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_a_list_or_a_typed_error(content: bytes) -> None:
    for column in (None, "a"):
        try:
            members = members_of(content, column)
        except AnnexRejectedError as error:
            assert str(error).startswith(("line ", "byte "))
        else:
            assert all(member and member == member.strip() for member in members)


member = st.text(alphabet="ab.,\"' é", min_size=1).filter(lambda text: text == text.strip())


@given(st.lists(member, unique=True))
@settings(deadline=None)
def test_what_a_csv_writer_wrote_is_read_back(members: list[str]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["country", "org"])
    writer.writerows(["US", member] for member in members)
    assert members_of(out.getvalue().encode(), "org") == frozenset(members)


def test_the_first_column_counts_where_none_is_named() -> None:
    assert members_of(b"org,country\nacme,US\nbrume,FR\n", None) == {"acme", "brume"}


def test_the_digest_is_that_of_the_bytes() -> None:
    assert digest_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(b"org\na\n") != digest_of(b"org\r\na\r\n")


def test_a_very_long_cell_is_a_typed_error() -> None:
    with pytest.raises(AnnexRejectedError, match="line"):
        members_of(b"org\n" + b"x" * 200_000, None)
