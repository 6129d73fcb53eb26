"""What an erasure may change of a table, in words that every step and every dialect can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Table


class Erasable(NamedTuple):
    """A table whose rows an erasure may change, and nothing else may.

    `owners`: SQL expressions of the row (`OLD.<column>`) that name whom it is about; `becomes`: the columns that may
    change, each with the only thing that it may become (`BECOMES` is the name that stands for the subject);
    `deletable`: whether the row may be deleted. The destruction of a case `e.case_no` may change `case_becomes` of the
    rows of which `case` is true, and delete them where they are `case_deletable`.
    """

    table: Table
    owners: tuple[str, ...]
    becomes: Mapping[str, str]
    deletable: bool = False
    case: str = ""
    case_becomes: Mapping[str, str] = {}
    case_deletable: bool = False


BECOMES = "the name that stands for the subject"
