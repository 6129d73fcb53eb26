"""The tables of cases, beside those of `schema`: what is appended, an index of it that is made anew, and letters.

A case is kept under its number in the order of opening; its name is `C-` and this number.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from licet.adapters.store.schema import Instant, metadata


def _case(*, primary_key: bool = False) -> Column[int]:
    opened = ForeignKey("case_opened.case_no")
    return Column("case_no", Integer, opened, primary_key=primary_key, autoincrement=False, nullable=False)


def _seq() -> Column[int]:
    return Column("seq", Integer, ForeignKey("event.seq"), nullable=False)


case_opened = Table(
    "case_opened",
    metadata,
    Column("case_no", Integer, primary_key=True, autoincrement=False),
    Column("procedure", Text, nullable=False),
    Column("blind", LargeBinary, nullable=False),
    _seq(),
)

case_entry = Table(
    "case_entry",
    metadata,
    _case(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("happened", Instant, nullable=False),
    Column("clock", Text),
    Column("started_by", Integer),
    Column("again", Integer),
    Column("act", Text),
    Column("content", LargeBinary, nullable=False),
    _seq(),
    sqlite_with_rowid=False,
)
"""`content` is the whole entry as JSON, and empty once the case was destroyed."""

Index(
    "case_entry_by_clock",
    case_entry.c.case_no,
    case_entry.c.clock,
    case_entry.c.started_by,
    case_entry.c.again,
    unique=True,
    sqlite_where=case_entry.c.clock.is_not(None),
    postgresql_where=case_entry.c.clock.is_not(None),
)
Index(
    "case_entry_by_act",
    case_entry.c.act,
    sqlite_where=case_entry.c.act.is_not(None),
    postgresql_where=case_entry.c.act.is_not(None),
)

case_exhibit = Table(
    "case_exhibit",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    _seq(),
)

case_attached = Table(
    "case_attached",
    metadata,
    _case(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, primary_key=True),
    _seq(),
    Index("case_attached_by_digest", "digest"),
    sqlite_with_rowid=False,
)
"""Which entry has which exhibit."""

case_law = Table(
    "case_law",
    metadata,
    Column("procedure", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("document.digest"), nullable=False),
    _seq(),
)
"""The documents of a procedure that cases began under: it and all that it refers to."""

case_erased = Table(
    "case_erased",
    metadata,
    _case(primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    _seq(),
)

case_erasing = Table("case_erasing", metadata, _case(primary_key=True))
"""The case that the transaction under way destroys: what lets it pass the triggers. Empty outside of one."""

case_row = Table(
    "case_row",
    metadata,
    _case(primary_key=True),
    Column("topic", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("final", Boolean(create_constraint=False), nullable=False),
    Column("title", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("opened", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("number", Integer, nullable=False),
    Column("parent", Text),
    Index("case_row_by_topic", "topic", "state", "case_no"),
    Index("case_row_by_parent", "parent", "case_no"),
    Index("case_row_by_final", "final", "case_no"),
    Index("case_row_by_party", "party", "case_no"),
)

case_due = Table(
    "case_due",
    metadata,
    _case(primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("started_by", Integer, primary_key=True, autoincrement=False),
    Column("again", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("warned_from", Instant, nullable=False),
    Column("fires", Boolean(create_constraint=False), nullable=False),
    Column("calendar", Text, nullable=False),
    Index("case_due_by_due", "due", "case_no"),
    Index("case_due_by_fires", "fires", "due", "case_no"),
    Index("case_due_by_owner", "owner", "due", "case_no"),
    sqlite_with_rowid=False,
)

case_link = Table(
    "case_link",
    metadata,
    Column("target", Text, primary_key=True),
    _case(primary_key=True),
    Column("relation", Text, primary_key=True),
    Index("case_link_by_case", "case_no"),
    sqlite_with_rowid=False,
)
"""What cases are linked to, to be found by its target."""

case_letter = Table(
    "case_letter",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    _case(),
    Column("number", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("handed_in", Instant),
    Column("refused", Text),
    Index("case_letter_by_id", "id", unique=True),
    Index("case_letter_by_case", "case_no"),
)
Index(
    "case_letter_waiting",
    case_letter.c.position,
    sqlite_where=case_letter.c.handed_in.is_(None),
    postgresql_where=case_letter.c.handed_in.is_(None),
)

DERIVED = (case_erasing, case_row, case_due, case_link, case_letter)
"""An index of what is appended, and what is no record of anything: changed as it has to be."""
