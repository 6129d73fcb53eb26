"""What `licet serve` starts: `python -m licet.app.clocks <configuration>`. Clocks of cases run out, and letters go out.

It ends at once when it is told to: whatever is under way is one transaction, or a letter that is handed in again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from licet.adapters.calendars import Holidays
from licet.adapters.pace_file import PaceFile
from licet.adapters.smtp import SmtpMailer
from licet.adapters.store import open_store
from licet.adapters.workers import LocalWorkers
from licet.app.casework import casework_of
from licet.app.config import Config, load
from licet.app.mail_setting import MailSettings
from licet.app.setting import ClockKind
from licet.app.supervised import end_with_supervisor
from licet.core.errors import LicetError
from licet.services.cases.firing import Fired, fire
from licet.services.cases.indexing import is_stale, reindex
from licet.services.cases.laws import law_of
from licet.services.cases.mailing import send
from licet.services.ports import Store, StoreUnavailable

EVERY_SECONDS = 1.0
MAIL_AGAIN_SECONDS = 60.0
"""After a server took nothing."""
TOLD_AGAIN = timedelta(hours=1)
"""What cannot be done is told once in this time."""


class Clocks:
    """The clocks of one installation, and its letters."""

    def __init__(self, config: Config, store: Store, mailer: SmtpMailer | None) -> None:
        self._config = config
        self._store = store
        self._mailer = mailer
        self._casework = casework_of(config, Holidays())
        self._pace = PaceFile(config.state)
        self._mail_from = 0.0
        self._told: dict[str, datetime] = {}
        self._indexed = False

    def run(self) -> None:
        """Go on until the process ends."""
        while True:
            self.once()
            time.sleep(EVERY_SECONDS)

    def once(self) -> tuple[Fired, ...]:
        """One round: what ran out is entered, what waits is sent. What goes wrong is told, and tried again."""
        fired: tuple[Fired, ...] = ()
        try:
            fired = self._fire()
            self._send()
        except LicetError as error:
            self._tell(str(error))
        return fired

    def _fire(self) -> tuple[Fired, ...]:
        now = self._now()
        if now is None:
            return ()  # what runs out by a clock that nobody tells could not be taken back
        steady = self._config.clock is ClockKind.SCENARIO or self._pace.look().is_steady
        if not self._indexed:
            self._indexed = self._reindexed(now)
        if not self._store.due_rows(until=now, fires=True, limit=1):
            return ()
        if not steady:
            self._tell(
                "the wall clock jumped, so no clock of a case runs out until it has been steady for ten minutes; if it"
                " is right, `licet clocks --fire` says so"
            )
            return ()
        law = law_of(self._store, self._casework.calendars, now)
        fired = fire(self._store, law, now, self._casework)
        for each in fired:
            if each.failed is not None:
                self._tell(f"{each.case}: {each.failed}")
            for entry in each.entries:
                print(f"licet: {each.case}: `{entry.event}` by the clock", flush=True)  # noqa: T201
        return fired

    def _reindexed(self, now: datetime) -> bool:
        """What is due is found anew once, where another table of working days is in force than it was found by."""
        if self._store.due_rows(limit=1):
            law = law_of(self._store, self._casework.calendars, now)
            if is_stale(self._store, law):
                count = reindex(self._store, law, now)
                print(f"licet: what is due in {count} cases was found anew", flush=True)  # noqa: T201
        return True

    def _send(self) -> None:
        if self._mailer is None or time.monotonic() < self._mail_from:
            return
        _, refused = send(self._store, self._mailer, lambda: datetime.now(UTC))
        for each in refused:
            self._tell(f"a letter was not sent: {each}")
        if refused:
            self._mail_from = time.monotonic() + MAIL_AGAIN_SECONDS

    def _now(self) -> datetime | None:
        """By the clock that the gate goes by: a scenario's is told by its workers, and None while none of them does.

        Of several that are being set, the one that is behind counts: what has not run out for all runs out later.
        """
        if self._config.clock is not ClockKind.SCENARIO:
            return datetime.now(UTC)
        told = [
            datetime.fromisoformat(str(answer["clock"])).astimezone(UTC)
            for answer in LocalWorkers(self._config.state / "workers").status(timeout=2.0)
            if isinstance(answer, dict) and isinstance(answer.get("clock"), str)
        ]
        return min(told, default=None)

    def _tell(self, message: str) -> None:
        now = datetime.now(UTC)
        if message not in self._told or now - self._told[message] >= TOLD_AGAIN:
            self._told[message] = now
            print(f"licet: clocks: {message}", file=sys.stderr, flush=True)  # noqa: T201


def mailer_of(settings: MailSettings | None, origin: str, environ: Mapping[str, str]) -> SmtpMailer | None:
    """Where letters are handed in; None where nothing says so. That its password is there, `serve` has checked."""
    if settings is None:
        return None
    login = None if settings.user is None else (settings.user, environ.get(settings.password_env or "", ""))
    return SmtpMailer(
        settings.host,
        settings.port,
        sender=settings.sender,
        origin=origin,
        security=settings.security.value,
        login=login,
        timeout=settings.timeout,
    )


def main() -> int:
    """Run until the supervisor ends it, or is gone."""
    end_with_supervisor()
    config = load(Path(sys.argv[1]))
    try:
        with closing(open_store(config.state, datetime.now(UTC))) as store:
            Clocks(config, store, mailer_of(config.mail, config.public_url, os.environ)).run()
    except StoreUnavailable as error:
        print(f"licet: clocks: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
