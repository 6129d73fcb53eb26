"""A small procedure with one of everything, its next version, and an appeal; read as people write them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.cases.walking import Walk, table

from licet.cases.law import CaseLaw
from licet.core.cases.case import Case
from licet.core.cases.procedure import Procedure
from licet.wire.documents import SourceFile, read_files

PERMITS = Path(__file__).with_name("permits.yaml").read_bytes()


def _no_list(_: str) -> bytes:
    raise FileNotFoundError


@cache
def permits_law() -> CaseLaw:
    read = read_files([SourceFile("permits.yaml", PERMITS, _no_list)]).documents
    procedures = {each.digest: each for each in read.procedures.values()}
    return CaseLaw(procedures, {each.calendar: table(each.calendar) for each in procedures.values()}, read.criteria)


def procedure(name: str) -> Procedure:
    return next(each for each in permits_law().procedures.values() if each.name == name)


def walk(name: str = "permits@1", appealed: Case | None = None) -> Walk:
    return Walk(permits_law(), procedure(name), appealed=appealed)


def filed(**fields: object) -> Walk:
    """A permit that is applied for."""
    return walk().do("file", fields={"organisation": "Example"} | fields)


def reviewed(**fields: object) -> Walk:
    """A permit that was looked at a day later."""
    return filed(**fields).wait(days=1).do("look")


def denied() -> Case:
    """A permit that was denied by Z. Judge with Y. Judge."""
    case = reviewed().wait(days=1).do("deny", actor="Z. Judge", second="Y. Judge").case()
    return replace(case, id="C-1")
