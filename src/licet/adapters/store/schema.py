"""The tables of the store as they are now, for queries. `migrations/` makes them; a test holds the two together.

Rows are appended and never changed: what is true now is what the newest rows say. An erasure alone changes what it
erases, and only that: triggers hold it to it. Not so `schema_identity.MUTABLE`, which are no
record of anything.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator

from licet.services.ports import StoreUnavailable


@lru_cache(maxsize=4096)
def instant_text(value: datetime) -> str:
    """An instant as RFC 3339 text in UTC with six decimals: it sorts as time does, and people can read it."""
    if value.tzinfo is None:
        raise ValueError(f"`{value}` has no offset")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Instant(TypeDecorator[datetime]):
    """A column of instants: aware datetimes here, `instant_text` in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """As text; a datetime without an offset names no instant and is refused."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From text; `StoreUnavailable` if it is no instant."""
        try:
            return None if value is None else datetime.fromisoformat(value)
        except (ValueError, TypeError) as error:
            raise StoreUnavailable(f"an instant in the store is damaged ({error}): restore a backup") from error


metadata = MetaData()

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)
"""The migrations that were run."""

event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text),
    Column("api_key", Text),
    Column("body", LargeBinary, nullable=False),
)
"""One row a change; every other row belongs to one of these."""

subject = Table(
    "subject",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

attestation = Table(
    "attestation",
    metadata,
    Column("subject", Text, ForeignKey("subject.id"), primary_key=True),
    Column("fact", Text, primary_key=True),
    Column("speaker", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("attested_by", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("framework", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("digest", Text),
    Column("status_uri", Text),
    Column("status_position", Integer),
    sqlite_with_rowid=False,
)
"""Values in canonical JSON; `speaker` is `core.attestations.Attestation.speaker`.

The primary key is also the index by which the newest word of each speaker is found, however many older ones there are.
"""

Index(
    "attestation_by_status",
    attestation.c.status_uri,
    sqlite_where=attestation.c.status_uri.is_not(None),
    postgresql_where=attestation.c.status_uri.is_not(None),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("keyed_hash", LargeBinary, nullable=False),
    Column("subject", Text, ForeignKey("subject.id"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Instant),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    Column("acts_for", Text, ForeignKey("subject.id")),
    Index("api_key_by_hash", "keyed_hash", unique=True),
    Index("api_key_by_subject", "subject"),
    Index("api_key_by_person", "acts_for"),
)

revocation = Table(
    "revocation",
    metadata,
    Column("api_key", Text, ForeignKey("api_key.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

list_file = Table(
    "list_file",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

enactment = Table(
    "enactment",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("rulebook", Text, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

enacted_document = Table(
    "enacted_document",
    metadata,
    Column("epoch", Integer, ForeignKey("enactment.epoch"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("document.digest"), nullable=False),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("epoch", Integer, ForeignKey("enactment.epoch"), primary_key=True, autoincrement=False),
    Column("worker", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("rulebook", Text, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)
"""`id` holds the beginning of a digest of the rest and of what it proposes; it is checked when it is read."""

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
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
)

warrant = Table(
    "warrant",
    metadata,
    Column("epoch", Integer, ForeignKey("enactment.epoch"), primary_key=True, autoincrement=False),
    Column("ground", Text, nullable=False),
    Column("rests_on", Text, nullable=False),
    Column("approved_by", Text),
    Column("proposal", Text, ForeignKey("proposal.id")),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    Index("warrant_by_proposal", "proposal", unique=True),
)
"""What each enactment stands on; none for those that an older Licet made. `rests_on` is a JSON list."""
