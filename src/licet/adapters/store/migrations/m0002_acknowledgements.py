"""Version 2: which gate process said, and when, that it enforces an epoch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData()

Table("event", metadata, Column("seq", Integer, primary_key=True))
Table("enactment", metadata, Column("epoch", Integer, primary_key=True))
acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("epoch", Integer, ForeignKey("enactment.epoch"), primary_key=True, autoincrement=False),
    Column("worker", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)


def upgrade(connection: Connection) -> Sequence[Table]:
    """Make the table of acknowledgements."""
    acknowledgement.create(connection, checkfirst=False)
    return (acknowledgement,)
