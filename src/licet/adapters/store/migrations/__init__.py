"""How the tables came to be: numbered steps that only go forward, each frozen once it was released.

A step describes its tables with SQLAlchemy, so that every dialect can run it, and must not import `schema`, which
shows the tables as they are today. All missing steps run in one transaction, with the rows that record them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, inspect, select

from licet.adapters.store.migrations import (
    m0001_state,
    m0002_acknowledgements,
    m0003_proposals,
    m0004_identity,
    m0005_cases,
    m0006_case_law,
    m0007_case_links,
)
from licet.adapters.store.migrations.erasable import Erasable
from licet.adapters.store.schema import schema_version
from licet.services.ports import StoreUnavailable

Protect = Callable[[Connection, Table | Erasable], None]
"""Makes the database itself refuse to change or delete rows of a table, but for what an erasure may."""

Step = Callable[[Connection], Sequence[Table | Erasable]]
"""Changes the schema, and returns the tables that must be protected (anew)."""

STEPS: tuple[Step, ...] = (
    m0001_state.upgrade,
    m0002_acknowledgements.upgrade,
    m0003_proposals.upgrade,
    m0004_identity.upgrade,
    m0005_cases.upgrade,
    m0006_case_law.upgrade,
    m0007_case_links.upgrade,
)
"""In order; the first is version 1."""

NEWEST = len(STEPS)


def version_of(connection: Connection) -> int:
    """The schema version of a database; 0 if it is empty. Raises `StoreUnavailable` if the tables are not ours."""
    tables = inspect(connection).get_table_names()
    if schema_version.name in tables:
        return connection.execute(select(func.max(schema_version.c.version))).scalar() or 0
    if tables:
        raise StoreUnavailable(f"the database holds other tables (`{tables[0]}`): it is no store of Licet")
    return 0


def check_known(version: int) -> None:
    """Raises `StoreUnavailable` for a schema that is newer than this code."""
    if version > NEWEST:
        raise StoreUnavailable(
            f"the store was written by a newer Licet (schema {version}, this one knows {NEWEST}): run that version"
        )


def migrate(connection: Connection, protect: Protect, now: datetime, to: int = NEWEST) -> None:
    """Bring a database up to version `to`, inside the caller's writing transaction."""
    version = version_of(connection)
    check_known(version)
    for number, step in enumerate(STEPS[version:to], start=version + 1):
        for table in step(connection):
            protect(connection, table)
        connection.execute(insert(schema_version).values(version=number, at=now))
