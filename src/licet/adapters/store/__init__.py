"""The store on a database: every writing call is one transaction that appends rows and the event they belong to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from licet.adapters.store.acts import OfficersActs
from licet.adapters.store.case_erasure import CaseErasures
from licet.adapters.store.case_index import CaseIndex
from licet.adapters.store.case_law import CaseLaws
from licet.adapters.store.cases import SqlCases
from licet.adapters.store.erasure import Erasures
from licet.adapters.store.identity import Known
from licet.adapters.store.law import Law
from licet.adapters.store.members import Members
from licet.adapters.store.sqlite import create_database, open_database
from licet.adapters.store.subjects import Subjects


def create_store(directory: Path, now: datetime) -> SqlStore:
    """Make a store in a state directory, unless there is one, and open it. Raises `StoreUnavailable`."""
    create_database(directory, now)
    return open_store(directory, now)


def open_store(directory: Path, now: datetime) -> SqlStore:
    """Open the store of a state directory; `now` dates a migration, where one is due. Raises `StoreUnavailable`."""
    return SqlStore(open_database(directory, now))


class SqlStore(Law, Subjects, Known, Members, OfficersActs, Erasures, SqlCases, CaseIndex, CaseLaws, CaseErasures):
    """`services.ports.Store` on a database that SQLAlchemy speaks to: one transaction a call, or `together` one."""
