"""How the store on a database is read and written: snapshots, changes, and several changes as one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import local

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError

from licet.adapters.store.change import Change
from licet.adapters.store.sqlite import WRITE, Database
from licet.services.ports import StoreConflict, StoreUnavailable


class _Open(local):
    """The change that this thread makes of several calls, where it does, and whether it erased something."""

    change: Change | None = None
    erased: bool = False


class Session:
    """What every part of the store on a database stands on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open = _Open()

    def close(self) -> None:
        """Close every connection."""
        self._database.engine.dispose()

    @contextmanager
    def together(self, *, actor: str, at: datetime) -> Iterator[None]:
        """See the port. What this thread reads inside is what it wrote; others see all of it, or nothing."""
        if self._open.change is not None:
            with self._changing(actor, at):
                yield
            return
        with self._writing(actor, at) as change:
            self._open.change = change
            try:
                yield
            finally:
                self._open.change = None
        self._scrub()

    @contextmanager
    def _answers(self) -> Iterator[None]:
        """Any error of the driver becomes one of the port's."""
        self._database.check()
        try:
            yield
        except IntegrityError as error:
            raise StoreConflict(f"this contradicts what is in the store: {error.orig}") from error
        except SQLAlchemyError as error:
            if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
                raise error.orig from error  # what was to be written is wrong: our caller's fault, not the store's
            raise StoreUnavailable(self._database.explain(error)) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._open.change is not None:
            with self._answers():
                yield self._open.change.connection
            return
        with self._answers(), self._database.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _changing(self, actor: str, at: datetime) -> Iterator[Change]:
        """One writing call: a transaction of its own, or a part of the one that this thread makes."""
        change = self._open.change
        if change is not None:
            with self._answers(), change.part(actor, at):
                yield change
            return
        with self._writing(actor, at) as change:
            yield change
        self._scrub()

    @contextmanager
    def _writing(self, actor: str, at: datetime) -> Iterator[Change]:
        connect = self._database.engine.connect
        self._open.erased = False
        with self._answers(), connect().execution_options(**WRITE) as connection, connection.begin():
            change = Change(connection, actor, at)
            yield change
            change.flush()

    def _scrub(self) -> None:
        """After an erasure was committed: nothing of what was erased stays in the files."""
        if self._open.erased:
            self._open.erased = False
            with self._answers():
                self._database.scrub()
