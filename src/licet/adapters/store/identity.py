"""Who is known by what, who is suspended, which status lists were read, what was used: on a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select

from licet.adapters.store import identity_rows as words
from licet.adapters.store import query, rows
from licet.adapters.store.change import Change
from licet.adapters.store.schema import attestation, event, instant_text
from licet.adapters.store.schema_identity import binding, disposition, pseudonym_key, status_reading, suspension, used
from licet.adapters.store.session import Session
from licet.core.facts import UNKNOWN
from licet.services.identity.ports import Binding, Hit, StatusUse
from licet.services.stored import Confirmation, SubjectRecord

FORGOTTEN_AT_ONCE = 100
"""How many marks whose time is over a new one takes away with it."""

_BOUND = select(binding.c.subject).where(binding.c.issuer == bindparam("issuer"), binding.c.mark == bindparam("mark"))
_SUSPENSION = (
    select(suspension).where(suspension.c.subject == bindparam("subject")).order_by(suspension.c.seq.desc()).limit(1)
)


def _confirmed() -> Select[Any]:
    """The newest reading of each status list. It jumps from list to list, however often each was read."""
    first = select(func.min(status_reading.c.uri).label("uri")).cte("uris", recursive=True)
    after = select(func.min(status_reading.c.uri)).where(status_reading.c.uri > first.c.uri).scalar_subquery()
    uris = first.union_all(select(after).where(first.c.uri.is_not(None)))
    row = status_reading.alias()
    newest = select(func.max(row.c.seq)).where(row.c.uri == uris.c.uri).scalar_subquery()
    there = (status_reading.c.uri == uris.c.uri) & (status_reading.c.seq == newest)
    return select(status_reading.c.uri, status_reading.c.until).join_from(uris, status_reading, there)


def _status_uses() -> Select[Any]:
    """Rows that refer to a status list and that their speaker neither withdrew nor said anew."""
    later = attestation.alias()
    said_anew = (
        select(later.c.seq)
        .where(
            later.c.subject == attestation.c.subject,
            later.c.fact == attestation.c.fact,
            later.c.speaker == attestation.c.speaker,
            later.c.seq > attestation.c.seq,
        )
        .exists()
    )
    says = attestation.c.value != rows.value_text(UNKNOWN)
    refers = attestation.c.status_uri.is_not(None)
    return select(attestation).where(refers, says, ~said_anew).order_by(attestation.c.status_uri)


_CONFIRMED = _confirmed()
_STATUS_USES = _status_uses()


class Known(Session):
    """`services.identity.ports.Identities`, but for members and erasure."""

    def bound(self, issuer: str, mark: bytes) -> str | None:
        """See the port."""
        with self._reading() as connection:
            return connection.scalar(_BOUND, {"issuer": issuer, "mark": mark})

    def bind(self, binding: Binding, kind: str, *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            there = change.connection.scalar(_BOUND, {"issuer": binding.issuer, "mark": binding.mark})
            if there is not None and there != binding.subject:
                raise words.bound_to_another(binding)
            if there is None:
                _bind(change, binding, kind)

    def bindings(self, subject: str) -> tuple[Binding, ...]:
        """See the port."""
        mine = select(binding.c.issuer, binding.c.mark, binding.c.subject).where(binding.c.subject == subject)
        with self._reading() as connection:
            found = connection.execute(mine.order_by(binding.c.seq)).all()
        return tuple(Binding(*row) for row in found)

    def suspend(self, subject: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing(actor, at) as change:
            if not query.kinds(change.connection, [subject]):
                raise rows.no_such_subject(subject)
            return _stand(change, subject, reason, suspended=True)

    def resume(self, subject: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing(actor, at) as change:
            return _stand(change, subject, reason, suspended=False)

    def confirm_status(self, uri: str, *, digest: str, until: datetime, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            seq = change.event(words.STATUS_READ, rows.body(uri=uri, digest=digest, until=instant_text(until)))
            change.append(status_reading, uri=uri, seq=seq, digest=digest, until=until)

    def confirmed(self) -> Mapping[str, datetime]:
        """See the port."""
        with self._reading() as connection:
            return {row.uri: row.until for row in connection.execute(_CONFIRMED)}

    def confirmations(self) -> Iterator[Confirmation]:
        """See the port."""
        readings = select(status_reading.c.uri, event.c.at, status_reading.c.until)
        joined = readings.join_from(status_reading, event, status_reading.c.seq == event.c.seq)
        with self._reading() as connection:
            found = connection.execute(joined.order_by(status_reading.c.seq)).all()
        return (Confirmation(*row) for row in found)

    def status_uses(self) -> Iterator[StatusUse]:
        """See the port."""
        with self._reading() as connection:
            found = connection.execute(_STATUS_USES).all()
        for uri, group in groupby(found, key=lambda row: row.status_uri):
            yield StatusUse(uri, tuple(query.stated(row) for row in group))

    def use_once(self, purpose: str, mark: bytes, *, until: datetime, at: datetime) -> bool:
        """See the port."""
        this = (used.c.purpose == purpose) & (used.c.mark == mark)
        over = select(used.c.purpose, used.c.mark).where(used.c.until <= at).limit(FORGOTTEN_AT_ONCE)
        with self._changing("", at) as change:
            change.connection.execute(delete(used).where(this, used.c.until <= at))
            for row in change.connection.execute(over).all():
                change.connection.execute(delete(used).where(used.c.purpose == row.purpose, used.c.mark == row.mark))
            if change.connection.execute(select(used.c.until).where(this)).first() is not None:
                return False
            change.connection.execute(insert(used).values(purpose=purpose, mark=mark, until=until))
        return True

    def pseudonyms_changed(self, generation: int, change: str, *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing(actor, at) as changing:
            seq = changing.event(words.PSEUDONYMS_CHANGED, rows.body(generation=generation, change=change))
            changing.append(pseudonym_key, seq=seq, generation=generation, change=change)

    def dispose(self, hit: Hit) -> None:
        """See the port."""
        with self._changing(hit.actor, hit.at) as change:
            seq = change.event(words.DISPOSED, words.hit_body(hit), subject=hit.subject)
            change.append(disposition, seq=seq, **hit._asdict())

    def dispositions(self, subject: str | None = None) -> tuple[Hit, ...]:
        """See the port."""
        wanted = select(*(disposition.c[name] for name in Hit._fields)).order_by(disposition.c.seq)
        if subject is not None:
            wanted = wanted.where(disposition.c.subject == subject)
        with self._reading() as connection:
            return tuple(Hit(*row) for row in connection.execute(wanted))


def _bind(change: Change, new: Binding, kind: str) -> None:
    """Append a binding that is not there, and its subject where that is not."""
    there = query.kinds(change.connection, [new.subject]).get(new.subject)
    if there is None:
        change.add_subject(SubjectRecord(new.subject, kind, ()))
    elif there != kind:
        raise rows.other_kind(SubjectRecord(new.subject, kind, ()), there)
    seq = change.event(words.BOUND, words.bound_body(new), subject=new.subject)
    change.append(binding, issuer=new.issuer, mark=new.mark, subject=new.subject, seq=seq)


def _stand(change: Change, subject: str, reason: str, *, suspended: bool) -> bool:
    """Append that a subject is suspended or is not; False if it is so already (suspended: for this reason)."""
    newest = change.connection.execute(_SUSPENSION, {"subject": subject}).first()
    now_so = newest is not None and newest.suspended
    if now_so is suspended and not (suspended and newest is not None and newest.reason != reason):
        return False
    kind = words.SUSPENDED if suspended else words.RESUMED
    seq = change.event(kind, rows.body(reason=reason), subject=subject)
    change.append(suspension, subject=subject, seq=seq, suspended=suspended, reason=reason)
    return True
