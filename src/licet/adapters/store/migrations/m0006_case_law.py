"""Version 6: the law that cases began under, kept for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData()

Table("event", metadata, Column("seq", Integer, primary_key=True))
Table("document", metadata, Column("digest", Text, primary_key=True))
case_law = Table(
    "case_law",
    metadata,
    Column("procedure", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("document.digest"), nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)


def upgrade(connection: Connection) -> Sequence[Table]:
    """Make the table of what the procedures of cases consist of."""
    case_law.create(connection, checkfirst=False)
    return (case_law,)
