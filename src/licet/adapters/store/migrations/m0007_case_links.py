"""Version 7: an index of what cases are linked to, by its target; and of what is due by owner, of cases by party."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
)

metadata = MetaData()
Table("case_opened", metadata, Column("case_no", Integer, primary_key=True))
case_entry = Table(
    "case_entry",
    metadata,
    Column("case_no", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("event", Text),
    Column("content", LargeBinary),
)
case_row = Table("case_row", metadata, Column("case_no", Integer, primary_key=True), Column("party", Text))
case_due = Table(
    "case_due",
    metadata,
    Column("case_no", Integer, primary_key=True),
    Column("owner", Text),
    Column("due", Text),
)
case_link = Table(
    "case_link",
    metadata,
    Column("target", Text, primary_key=True),
    Column("case_no", Integer, ForeignKey("case_opened.case_no"), primary_key=True, autoincrement=False),
    Column("relation", Text, primary_key=True),
    Index("case_link_by_case", "case_no"),
    sqlite_with_rowid=False,
)

NAMED = {
    "appeals": "appeals",
    "appealed": "appeals",
    "concerns": "concerns",
    "part_of": "part of",
    "follows": "follows",
    "licensed_by": "licensed by",
    "ordered_by": "ordered by",
}
"""Fields of events that link a case, each with its relation."""

LINK = "link"
AT_ONCE = 1000


def upgrade(connection: Connection) -> Sequence[Table]:
    """Make the table and fill it; an index is protected by nothing: it is no record of anything."""
    case_link.create(connection, checkfirst=False)
    Index("case_due_by_owner", case_due.c.owner, case_due.c.due, case_due.c.case_no).create(connection)
    Index("case_row_by_party", case_row.c.party, case_row.c.case_no).create(connection)
    found = [{"target": target, "case_no": no, "relation": name} for target, no, name in sorted(_links(connection))]
    for start in range(0, len(found), AT_ONCE):
        connection.execute(insert(case_link), found[start : start + AT_ONCE])
    return ()


def _links(connection: Connection) -> set[tuple[str, int, str]]:
    """What entries link their cases to. Whether a field is one that links is a matter of its procedure, which is not
    read here: a list of lines that is named so counts too, until the case gets its next entry.
    """
    names = [func.instr(case_entry.c.content, f'"{name}":'.encode()) > 0 for name in NAMED]
    asked = select(case_entry.c.case_no, case_entry.c.event, case_entry.c.content)
    found = connection.execute(asked.where(or_(case_entry.c.event == LINK, *names)))
    return {
        (target, row.case_no, relation)
        for row in found
        if row.content
        for relation, target in _said(row.event, json.loads(row.content).get("fields", {}))
    }


def _said(event: str, fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if event == LINK and isinstance(fields.get("relation"), str) and isinstance(fields.get("target"), str):
        yield fields["relation"], fields["target"]
    for name, relation in NAMED.items():
        value = fields.get(name)
        if isinstance(value, list):
            yield from ((relation, each) for each in value if isinstance(each, str))
