"""The tables of identities and acts, beside those of `schema`: who is known by what, members, officers, erasure."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from licet.adapters.store.schema import Instant, metadata

binding = Table(
    "binding",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("mark", LargeBinary, primary_key=True),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    Index("binding_by_subject", "subject", "seq"),
    sqlite_with_rowid=False,
)

suspension = Table(
    "suspension",
    metadata,
    Column("subject", Text, ForeignKey("subject.id"), primary_key=True),
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("suspended", Boolean(create_constraint=False), nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The newest row of a subject counts."""

status_reading = Table(
    "status_reading",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("until", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""The newest row of each status list counts."""

client = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("attester", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("keyed_hash", LargeBinary, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    Index("client_by_hash", "keyed_hash", unique=True),
)

client_revocation = Table(
    "client_revocation",
    metadata,
    Column("client", Text, ForeignKey("client.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

member = Table(
    "member",
    metadata,
    Column("attester", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Column("external", LargeBinary),
    Column("active", Boolean(create_constraint=False), nullable=False),
    Column("deleted", Boolean(create_constraint=False), nullable=False),
    Column("made", Boolean(create_constraint=False), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    Index("member_by_mark", "attester", "mark"),
    Index("member_by_external", "attester", "external"),
    Index("member_by_subject", "subject"),
    sqlite_with_rowid=False,
)
"""The newest version of a member counts."""

disposition = Table(
    "disposition",
    metadata,
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("list", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("disposition_by_subject", "subject"),
)

act = Table(
    "act",
    metadata,
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", Text),
    Column("signature_key", Text),
    Column("signature", LargeBinary),
    Column("alone", Boolean(create_constraint=False), nullable=False),
    Index("act_by_id", "id", unique=True),
    Index("act_by_subject", "subject"),
)
"""`id` holds the beginning of a digest of the rest; it is checked when it is read."""

settlement = Table(
    "settlement",
    metadata,
    Column("act", Text, ForeignKey("act.id"), primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("signature_key", Text),
    Column("signature", LargeBinary),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

officer = Table(
    "officer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Roles, keys and accounts as JSON; the newest row of each name counts."""

pseudonym_key = Table(
    "pseudonym_key",
    metadata,
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("change", Text, nullable=False),
)

erasure = Table(
    "erasure",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attestations", Integer, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)
"""`subject` is the name that stands for the one that was erased."""

erasing = Table(
    "erasing",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("stands_for", Text, ForeignKey("erasure.subject"), nullable=False),
)
"""The subject that the transaction under way erases: what lets it pass the triggers. Empty outside of one."""

used = Table(
    "used",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("mark", LargeBinary, primary_key=True),
    Column("until", Instant, nullable=False),
    Index("used_by_end", "until"),
    sqlite_with_rowid=False,
)

passkey_use = Table(
    "passkey_use",
    metadata,
    Column("key", Text, primary_key=True),
    Column("counter", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

MUTABLE = (erasing, used, passkey_use)
