"""Version 5: cases, their entries and exhibits; an index of them; letters; and their destruction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

from licet.adapters.store.migrations.erasable import Erasable
from licet.adapters.store.migrations.m0004_identity import FOR_THEM, NAMED
from licet.adapters.store.migrations.m0004_identity import act as act_4

metadata = MetaData()
event = Table("event", metadata, Column("seq", Integer, primary_key=True))


def _case(*, primary_key: bool = False) -> Column[int]:
    opened = ForeignKey("case_opened.case_no")
    return Column("case_no", Integer, opened, primary_key=primary_key, autoincrement=False, nullable=False)


def _seq() -> Column[int]:
    return Column("seq", Integer, ForeignKey("event.seq"), nullable=False)


def _plain(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _key(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, primary_key=True, autoincrement=False) for name in names]


case_opened = Table(
    "case_opened",
    metadata,
    *_key("case_no"),
    *_plain("procedure"),
    Column("blind", LargeBinary, nullable=False),
    _seq(),
)
case_entry = Table(
    "case_entry",
    metadata,
    _case(primary_key=True),
    *_key("number"),
    *_plain("event", "at", "happened"),
    Column("clock", Text),
    Column("started_by", Integer),
    Column("again", Integer),
    Column("act", Text),
    Column("content", LargeBinary, nullable=False),
    _seq(),
    sqlite_with_rowid=False,
)
Index(
    "case_entry_by_clock",
    *(case_entry.c[name] for name in ("case_no", "clock", "started_by", "again")),
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
    *_key("number"),
    Column("digest", Text, primary_key=True),
    _seq(),
    Index("case_attached_by_digest", "digest"),
    sqlite_with_rowid=False,
)
case_erased = Table("case_erased", metadata, _case(primary_key=True), *_plain("at", "actor"), _seq())
case_erasing = Table("case_erasing", metadata, _case(primary_key=True))
case_row = Table(
    "case_row",
    metadata,
    _case(primary_key=True),
    *_plain("topic", "procedure", "state"),
    Column("final", Boolean(create_constraint=False), nullable=False),
    *_plain("title", "party", "opened", "updated"),
    Column("number", Integer, nullable=False),
    Column("parent", Text),
    Index("case_row_by_topic", "topic", "state", "case_no"),
    Index("case_row_by_parent", "parent", "case_no"),
    Index("case_row_by_final", "final", "case_no"),
)
case_due = Table(
    "case_due",
    metadata,
    _case(primary_key=True),
    Column("clock", Text, primary_key=True),
    *_key("started_by", "again"),
    *_plain("title", "owner", "due", "warned_from"),
    Column("fires", Boolean(create_constraint=False), nullable=False),
    *_plain("calendar"),
    Index("case_due_by_due", "due", "case_no"),
    Index("case_due_by_fires", "fires", "due", "case_no"),
    sqlite_with_rowid=False,
)
case_letter = Table(
    "case_letter",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    *_plain("id"),
    _case(),
    Column("number", Integer, nullable=False),
    *_plain("address", "subject", "text"),
    Column("handed_in", Text),
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

MINE = "e.case_no = OLD.case_no"
EMPTY = "CAST('' AS BLOB)"
ITS_ACT = (
    "(EXISTS (SELECT 1 FROM case_entry AS n WHERE n.act = OLD.id AND n.case_no = e.case_no)"
    " AND NOT EXISTS (SELECT 1 FROM case_entry AS n LEFT JOIN case_erased AS d ON d.case_no = n.case_no"
    " WHERE n.act = OLD.id AND d.case_no IS NULL)"
    """ OR instr(OLD.content, CAST('"case":"C-' || e.case_no || '"' AS BLOB)) > 0"""
    " AND NOT EXISTS (SELECT 1 FROM case_entry AS n WHERE n.act = OLD.id))"
)
"""An act by which this case was worked on, and no other that is still there; or that names it and was never done."""
ITS_EXHIBIT = (
    "EXISTS (SELECT 1 FROM case_attached AS n WHERE n.digest = OLD.digest AND n.case_no = e.case_no)"
    " AND NOT EXISTS (SELECT 1 FROM case_attached AS n WHERE n.digest = OLD.digest AND n.case_no <> e.case_no)"
)

ERASABLE = (
    Erasable(case_opened, (), {}, case=MINE, case_becomes={"blind": EMPTY}),
    Erasable(case_entry, (), {}, case=MINE, case_becomes={"content": EMPTY}),
    Erasable(case_exhibit, (), {}, case=ITS_EXHIBIT, case_deletable=True),
    Erasable(case_attached, (), {}, case=MINE, case_deletable=True),
    Erasable(
        act_4, ("OLD.subject", FOR_THEM), {**NAMED, "content": EMPTY}, case=ITS_ACT, case_becomes={"content": EMPTY}
    ),
)


def upgrade(connection: Connection) -> Sequence[Table | Erasable]:
    """Make the tables; what is derived, and letters, are protected by nothing: they are no record of anything."""
    for table in metadata.sorted_tables:
        if table is not event:
            table.create(connection, checkfirst=False)
    return (case_erased, *ERASABLE)
