"""Where everything of the public register is: names of files from its root, which are addresses too."""

from __future__ import annotations

import re
from datetime import date

from licet.core.errors import LicetError

INDEX = "index.html"
STYLE = "style.css"
DATA = "register.json"
FEED = "feed.atom"
OVERDUE = "overdue"

A_CASE = re.compile(r"[A-Z]{1,8}-([0-9]{1,12})")

OURS = re.compile(
    r"(?:index\.html|style\.css|register\.json|feed\.atom"
    r"|cases/[0-9]+/[A-Z]{1,8}-[0-9]+\.(?:html|json)"
    r"|(?:procedures|criteria)/[a-z][a-z0-9_]*@[A-Za-z0-9._()-]+\.html"
    r"|lists/[A-Za-z0-9._()@-]+/[0-9]+\.html)"
)
"""What a register writes, and so may remove."""


class NoPlace(LicetError):
    """A name that can be no file's name in the register."""


def case_place(case: str, kind: str = "html") -> str:
    """The file of a case: a thousand of them to a folder."""
    found = A_CASE.fullmatch(case)
    if found is None:
        raise NoPlace(f"`{case}` is no name of a case that the register could have a file for")
    return f"cases/{int(found[1]) // 1000}/{case}.{kind}"


def procedure_place(name: str) -> str:
    """The page of a procedure, by its name and version."""
    return f"procedures/{name}.html"


def criteria_place(name: str, criterion: str | None = None) -> str:
    """The page of a catalogue of criteria, or one of them on it."""
    return f"criteria/{name}.html" + (f"#{criterion}" if criterion else "")


def list_place(of: str, page: int) -> str:
    """A page of a list: of a procedure's cases, of a month's, or of all that is overdue. Pages count from 1."""
    return f"lists/{of}/{page}.html"


def month_name(first: date) -> str:
    """The name of a month's list: `2026-06`."""
    return f"{first:%Y-%m}"
