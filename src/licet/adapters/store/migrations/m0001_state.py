"""Version 1: events, subjects, attestations, keys, documents and their enactments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _seq(*, primary_key: bool = False) -> Column[int]:
    """The event that a row belongs to."""
    return Column("seq", Integer, ForeignKey("event.seq"), primary_key=primary_key, autoincrement=False, nullable=False)


Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
)
Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text),
    Column("api_key", Text),
    Column("body", LargeBinary, nullable=False),
)
Table("subject", metadata, Column("id", Text, primary_key=True), Column("kind", Text, nullable=False), _seq())
Table(
    "attestation",
    metadata,
    Column("subject", Text, ForeignKey("subject.id"), primary_key=True),
    Column("fact", Text, primary_key=True),
    _seq(primary_key=True),
    Column("value", Text, nullable=False),
    Column("attested_by", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("until", Text),
    sqlite_with_rowid=False,
)
Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("keyed_hash", LargeBinary, nullable=False),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Text),
    _seq(),
    Index("api_key_by_hash", "keyed_hash", unique=True),
)
Table(
    "revocation",
    metadata,
    Column("api_key", Text, ForeignKey("api_key.id"), primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _seq(),
)
Table(
    "list_file",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    _seq(),
)
Table(
    "document",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    _seq(),
)
Table(
    "enactment",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("rulebook", Text, nullable=False),
    _seq(),
)
Table(
    "enacted_document",
    metadata,
    Column("epoch", Integer, ForeignKey("enactment.epoch"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("document.digest"), nullable=False),
)


def upgrade(connection: Connection) -> Sequence[Table]:
    """Make every table of version 1."""
    metadata.create_all(connection, checkfirst=False)
    return metadata.sorted_tables
