"""Version 4: attestations with their provenance; who is known by what; members, officers, acts; and erasure."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    literal,
    select,
    text,
)

from licet.adapters.store.migrations.erasable import BECOMES, Erasable

metadata = MetaData()

event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True),
    *(Column(name, Text) for name in ("at", "actor", "kind", "subject", "api_key", "body")),
)
subject = Table("subject", metadata, Column("id", Text, primary_key=True), Column("kind", Text), Column("seq", Integer))
revocation = Table(
    "revocation",
    metadata,
    *(Column(name, Text) for name in ("api_key", "at", "actor", "reason")),
    Column("seq", Integer),
)
api_key = Table(
    "api_key",
    metadata,
    *(
        Column(name, Text)
        for name in ("id", "keyed_hash", "subject", "scopes", "created_at", "created_by", "expires_at")
    ),
    Column("seq", Integer),
    Column("acts_for", Text),
)
"""Those that are there already, as far as the triggers must know them."""


def _seq(*, primary_key: bool = False) -> Column[int]:
    """The event that a row belongs to."""
    return Column("seq", Integer, ForeignKey("event.seq"), primary_key=primary_key, autoincrement=False, nullable=False)


def _subject(*, primary_key: bool = False) -> Column[str]:
    return Column("subject", Text, ForeignKey("subject.id"), primary_key=primary_key, nullable=False)


def _yes_or_no(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


def _plain(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


OLD_COLUMNS = ("subject", "fact", "seq", "value", "attested_by", "how", "level", "at", "until")
old_attestation = Table("attestation_3", MetaData(), *(Column(name, Text) for name in OLD_COLUMNS))
attestation = Table(
    "attestation",
    metadata,
    _subject(primary_key=True),
    Column("fact", Text, primary_key=True),
    Column("speaker", Text, primary_key=True),
    _seq(primary_key=True),
    *_plain("value", "attested_by", "how", "level", "at"),
    Column("until", Text),
    *_plain("framework", "carrier"),
    Column("digest", Text),
    Column("status_uri", Text),
    Column("status_position", Integer),
    sqlite_with_rowid=False,
)
Index(
    "attestation_by_status",
    attestation.c.status_uri,
    sqlite_where=attestation.c.status_uri.is_not(None),
    postgresql_where=attestation.c.status_uri.is_not(None),
)
binding = Table(
    "binding",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("mark", LargeBinary, primary_key=True),
    _subject(),
    _seq(),
    Index("binding_by_subject", "subject", "seq"),
    sqlite_with_rowid=False,
)
suspension = Table(
    "suspension",
    metadata,
    _subject(primary_key=True),
    _seq(primary_key=True),
    _yes_or_no("suspended"),
    *_plain("reason"),
    sqlite_with_rowid=False,
)
status_reading = Table(
    "status_reading",
    metadata,
    Column("uri", Text, primary_key=True),
    _seq(primary_key=True),
    *_plain("digest", "until"),
    sqlite_with_rowid=False,
)
client = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    *_plain("attester", "created_at", "created_by"),
    Column("keyed_hash", LargeBinary, nullable=False),
    _seq(),
    Index("client_by_hash", "keyed_hash", unique=True),
)
client_revocation = Table(
    "client_revocation",
    metadata,
    Column("client", Text, ForeignKey("client.id"), primary_key=True),
    *_plain("at", "actor", "reason"),
    _seq(),
)
member = Table(
    "member",
    metadata,
    Column("attester", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _subject(),
    Column("mark", LargeBinary, nullable=False),
    Column("external", LargeBinary),
    _yes_or_no("active"),
    _yes_or_no("deleted"),
    _yes_or_no("made"),
    *_plain("changed_at"),
    _seq(),
    Index("member_by_mark", "attester", "mark"),
    Index("member_by_external", "attester", "external"),
    Index("member_by_subject", "subject"),
    sqlite_with_rowid=False,
)
disposition = Table(
    "disposition",
    metadata,
    _seq(primary_key=True),
    *_plain("subject", "list", "candidate", "outcome", "reason", "actor", "at"),
    Index("disposition_by_subject", "subject"),
)
act = Table(
    "act",
    metadata,
    _seq(primary_key=True),
    *_plain("id", "kind"),
    Column("content", LargeBinary, nullable=False),
    *_plain("actor", "at"),
    Column("subject", Text),
    Column("signature_key", Text),
    Column("signature", LargeBinary),
    _yes_or_no("alone"),
    Index("act_by_id", "id", unique=True),
    Index("act_by_subject", "subject"),
)
settlement = Table(
    "settlement",
    metadata,
    Column("act", Text, ForeignKey("act.id"), primary_key=True),
    *_plain("outcome", "actor", "at", "reason"),
    Column("signature_key", Text),
    Column("signature", LargeBinary),
    _seq(),
)
officer = Table(
    "officer",
    metadata,
    Column("name", Text, primary_key=True),
    _seq(primary_key=True),
    *_plain("content"),
    sqlite_with_rowid=False,
)
pseudonym_key = Table(
    "pseudonym_key",
    metadata,
    _seq(primary_key=True),
    Column("generation", Integer, nullable=False),
    *_plain("change"),
)
erasure = Table(
    "erasure",
    metadata,
    Column("subject", Text, primary_key=True),
    *_plain("at", "actor", "reason"),
    Column("attestations", Integer, nullable=False),
    _seq(),
)
erasing = Table(
    "erasing",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("stands_for", Text, ForeignKey("erasure.subject"), nullable=False),
)
used = Table(
    "used",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("mark", LargeBinary, primary_key=True),
    *_plain("until"),
    Index("used_by_end", "until"),
    sqlite_with_rowid=False,
)
passkey_use = Table(
    "passkey_use",
    metadata,
    Column("key", Text, primary_key=True),
    Column("counter", Integer, nullable=False),
    *_plain("at"),
)

EVENTS = (status_reading, client, client_revocation, officer, pseudonym_key, erasure)
"""New tables that nothing ever changes."""

MUTABLE = (erasing, used, passkey_use)
"""New tables that are no record of anything, and so are not protected."""

NAMED = {"subject": BECOMES}
FOR_THEM = """CASE WHEN instr(OLD.content, CAST('"acts_for":"' || e.subject || '"' AS BLOB)) > 0 THEN e.subject END"""
"""An act about an agent may name the person for whom it acts."""

ERASABLE = (
    Erasable(event, ("OLD.subject",), {**NAMED, "body": """CAST('{"erased":true}' AS BLOB)"""}),
    Erasable(subject, ("OLD.id",), {}, deletable=True),
    Erasable(
        attestation,
        ("OLD.subject",),
        {**NAMED, "value": """'{"unknown":true}'""", "how": "''", "status_uri": "NULL", "status_position": "NULL"},
    ),
    Erasable(api_key, ("OLD.subject", "OLD.acts_for"), {**NAMED, "acts_for": BECOMES}),
    Erasable(revocation, ("(SELECT k.subject FROM api_key AS k WHERE k.id = OLD.api_key)",), {"reason": "''"}),
    Erasable(binding, ("OLD.subject",), {}, deletable=True),
    Erasable(suspension, ("OLD.subject",), {**NAMED, "reason": "''"}),
    Erasable(member, ("OLD.subject",), {}, deletable=True),
    Erasable(disposition, ("OLD.subject",), {**NAMED, "reason": "''"}),
    Erasable(act, ("OLD.subject", FOR_THEM), {**NAMED, "content": "CAST('' AS BLOB)"}),
    Erasable(settlement, ("(SELECT a.subject FROM act AS a WHERE a.id = OLD.act)",), {"reason": "''"}),
)


def upgrade(connection: Connection) -> Sequence[Table | Erasable]:
    """Make the new tables; attestations move to one that says of each row who speaks, and how it came."""
    connection.execute(text("ALTER TABLE attestation RENAME TO attestation_3"))
    connection.execute(text("ALTER TABLE api_key ADD COLUMN acts_for TEXT REFERENCES subject (id)"))
    Index("api_key_by_subject", api_key.c.subject).create(connection)
    Index("api_key_by_person", api_key.c.acts_for).create(connection)
    made = {each.table for each in ERASABLE} - {event, subject, revocation, api_key}
    for table in metadata.sorted_tables:
        if table in made or table in EVENTS or table in MUTABLE:
            table.create(connection, checkfirst=False)
    old = [old_attestation.c[name] for name in OLD_COLUMNS]
    moved = select(*old, literal(""), literal(""), literal("import"))
    connection.execute(insert(attestation).from_select([*OLD_COLUMNS, "speaker", "framework", "carrier"], moved))
    connection.execute(text("DROP TABLE attestation_3"))
    return (*EVENTS, *ERASABLE)
