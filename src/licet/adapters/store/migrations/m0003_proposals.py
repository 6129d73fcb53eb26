"""Version 3: proposals that wait for a second officer, and what each enactment stands on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

Table("event", metadata, Column("seq", Integer, primary_key=True))
Table("enactment", metadata, Column("epoch", Integer, primary_key=True))
Table("document", metadata, Column("digest", Text, primary_key=True))
Table("list_file", metadata, Column("digest", Text, primary_key=True))


def _seq() -> Column[int]:
    """The event that a row belongs to."""
    return Column("seq", Integer, ForeignKey("event.seq"), nullable=False)


proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("rulebook", Text, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    _seq(),
)
proposed_document = Table(
    "proposed_document",
    metadata,
    Column("proposal", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("document.digest"), nullable=False),
)
proposed_list = Table(
    "proposed_list",
    metadata,
    Column("proposal", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("list_file.digest"), nullable=False),
)
withdrawal = Table(
    "withdrawal",
    metadata,
    Column("proposal", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _seq(),
)
warrant = Table(
    "warrant",
    metadata,
    Column("epoch", Integer, ForeignKey("enactment.epoch"), primary_key=True, autoincrement=False),
    Column("ground", Text, nullable=False),
    Column("rests_on", Text, nullable=False),
    Column("approved_by", Text),
    Column("proposal", Text, ForeignKey("proposal.id")),
    _seq(),
    Index("warrant_by_proposal", "proposal", unique=True),
)
TABLES = (proposal, proposed_document, proposed_list, withdrawal, warrant)


def upgrade(connection: Connection) -> Sequence[Table]:
    """Make the tables of proposals and warrants."""
    for table in TABLES:
        table.create(connection, checkfirst=False)
    return TABLES
