"""Doing and approving acts: role, signature, second person; then effect and settlement in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import cached_property

from licet.core.roles import Account, Deed, Officer
from licet.services.acts import enacting
from licet.services.acts.administering import Done, Issued
from licet.services.acts.carried import NOTHING, Carried, Doing
from licet.services.acts.content import Act, make, read, withdrawal_digest
from licet.services.acts.effects import EFFECTS, narrows
from licet.services.acts.enacting import Checked, Reviewing
from licet.services.acts.permitting import check_new, content_of, may_settle, permitted
from licet.services.acts.persons import (
    are_appointed,
    check_appointed,
)
from licet.services.acts.ports import Signature, StoredAct
from licet.services.acts.refusal import ActRefused, NotPermitted, SignatureRefused
from licet.services.acts.signing import Passkeys, check_signature
from licet.services.acts.spelling import officer_tree
from licet.services.acts.what import Alone, What
from licet.services.announce import Announcement, announce
from licet.services.cases import asked
from licet.services.cases.laws import law_of
from licet.services.cases.ports import Casework
from licet.services.cases.second import needs_second
from licet.services.enact import EnactReport, push_again
from licet.services.identity.forgetting import Keeping
from licet.services.identity.marks import mark
from licet.services.identity.organisations import clients
from licet.services.keys import RandomBytes, issue, keyed_hash
from licet.services.ports import Store, Workers

__all__ = ["APPROVED", "WITHDRAWN", "Done", "StateAdministration"]

OF_CASES = frozenset((What.OPEN_CASES, What.CASE, What.DESTROY_CASES))
APPROVED = "approved"
WITHDRAWN = "withdrawn"


class StateAdministration:
    """`Administration` on a store."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        *,
        needed: int,
        reviewing: Reviewing,
        secret: Callable[[], bytes],
        random_bytes: RandomBytes,
        now: Callable[[], datetime],
        stopwatch: Callable[[], float],
        passkeys: Passkeys | None = None,
        keeping: Keeping | None = None,
        casework: Casework | None = None,
    ) -> None:
        self._keeping = keeping
        self.casework = casework
        self._store = store
        self._workers = workers
        self._needed = needed
        self._reviewing = reviewing
        self._secret = secret
        self._random_bytes = random_bytes
        self._now = now
        self._stopwatch = stopwatch
        self._passkeys = passkeys

    @property
    def needed(self) -> int:
        """See the port."""
        return self._needed

    @cached_property
    def installation(self) -> str:
        """See the port. It says nothing of the secret that it is made from."""
        return keyed_hash(self._secret(), "installation").hex()[:32]

    def now(self) -> datetime:
        """See the port."""
        return self._now()

    def officers(self) -> tuple[Officer, ...]:
        """See the port."""
        return self._store.officers()

    def acts(self) -> tuple[StoredAct, ...]:
        """See the port."""
        return self._store.acts()

    def act(self, name: str) -> StoredAct:
        """See the port."""
        found = self._store.act(enacting.act_named(self._store, name))
        if found is None:
            raise ActRefused(f"there is no act `{name}`; `licet proposals --open` lists what waits")
        return found

    def issue_key(
        self, subject: str, scopes: Iterable[str], expires_at: datetime | None, acts_for: str | None
    ) -> Issued:
        """See the port."""
        now = self._now()
        record, text = issue(
            subject,
            scopes=scopes,
            actor="-",
            now=now,
            expires_at=expires_at,
            acts_for=acts_for,
            random_bytes=self._random_bytes,
        )
        fields = {
            "id": record.id,
            "hash": keyed_hash(self._secret(), text).hex(),
            "subject": subject,
            "scopes": list(record.scopes),
            "expires_at": None if expires_at is None else expires_at.isoformat(),
            "acts_for": acts_for,
        }
        return Issued(fields, text)

    def issue_client(self, attester: str) -> Issued:
        """See the port."""
        client, text = clients.issue(attester, actor="-", now=self._now(), random_bytes=self._random_bytes)
        fields = {"id": client.id, "hash": keyed_hash(self._secret(), text).hex(), "attester": attester}
        return Issued(fields, text)

    def account(self, issuer: str, name: str) -> Account:
        """See the port."""
        return Account(issuer, mark(self._secret(), issuer, name))

    def submit(self, content: bytes, signature: Signature | None, carried: Carried, *, timeout: float = 5.0) -> Done:
        """See the port. Nothing is written before everything was checked that can be checked without a lock."""
        act, now = read(content), self._now()
        if act.installation != self.installation:
            raise SignatureRefused("this act was signed for another installation")
        permitted(self._store, act)
        checked = None
        if act.what is What.ENACT:
            checked = enacting.check_documents(self._store, act, carried, self._reviewing)
        elif not self._alone(act, None):
            self._rehearse(act, carried, now)
        with self._store.together(actor=act.actor, at=now):
            officer = permitted(self._store, act)
            check_signature(self._store, officer, signature, act.digest, passkeys=self._passkeys, now=now)
            check_new(self._store, act, now)
            alone = self._alone(act, checked)
            stored = self._store.add_act(
                act.kind, content, actor=act.actor, at=now, subject=act.subject, signature=signature, alone=alone
            )
            done = (
                self._took(act, stored, None, carried, checked, now)
                if alone
                else self._kept(act, stored, carried, checked, now)
            )
        return self._pushed(act, done, timeout)

    def approve(
        self, name: str, actor: str, signature: Signature | None, carried: Carried = NOTHING, *, timeout: float = 5.0
    ) -> Done:
        """See the port."""
        found, now = self.act(name), self._now()
        act = content_of(found)
        may_settle(self._store, found, act, actor, Deed.APPROVE)
        checked = None
        if act.what is What.ENACT:
            waiting = enacting.proposal_of(self._store, found.id)
            checked = enacting.check_proposed(self._store, act, waiting, self._reviewing)
        with self._store.together(actor=actor, at=now):
            officer = may_settle(self._store, self.act(found.id), act, actor, Deed.APPROVE)
            permitted(self._store, act)
            check_signature(self._store, officer, signature, act.digest, passkeys=self._passkeys, now=now)
            settled = self._store.settle_act(
                found.id, APPROVED, actor=officer.name, at=now, reason="", signature=signature
            )
            done = self._took(act, settled, officer.name, carried, checked, now)
        return self._pushed(act, done, timeout)

    def withdraw(self, name: str, actor: str, reason: str, signature: Signature | None) -> Done:
        """See the port. Whoever has the role may; it widens nothing."""
        if not reason.strip():
            raise ActRefused("a withdrawal needs a reason; give one with `--reason`")
        found, now = self.act(name), self._now()
        act = content_of(found)
        signed = withdrawal_digest(found.id, act.digest, actor, reason)
        with self._store.together(actor=actor, at=now):
            officer = may_settle(self._store, self.act(found.id), act, actor, Deed.WITHDRAW)
            check_signature(self._store, officer, signature, signed, passkeys=self._passkeys, now=now)
            settled = self._store.settle_act(
                found.id, WITHDRAWN, actor=officer.name, at=now, reason=reason, signature=signature
            )
            proposal = None
            if act.what is What.ENACT:
                proposal = enacting.proposal_of(self._store, found.id).id
                self._store.withdraw(proposal, actor=officer.name, at=now, reason=reason)
        return Done(settled, proposal=proposal)

    def found(self, officers: Iterable[Officer], *, actor: str) -> Done:
        """See the port."""
        appointed, now = tuple(officers), self._now()
        check_appointed(appointed, needed=self._needed)
        fields = {"officers": [officer_tree(each) for each in appointed]}
        act = make(
            What.APPOINT,
            fields,
            installation=self.installation,
            actor=actor,
            now=now,
            random_bytes=self._random_bytes,
        )
        with self._store.together(actor=actor, at=now):
            if are_appointed(self._store):
                raise NotPermitted("there are officers already: one of them appoints others (`--as NAME`)")
            stored = self._store.add_act(
                act.kind, act.content, actor=act.actor, at=now, subject=None, signature=None, alone=True
            )
            for each in appointed:
                self._store.put_officer(each, actor=act.actor, at=now)
        return Done(stored, {"officers": [each.name for each in appointed]})

    def _alone(self, act: Act, checked: Checked | None) -> bool:
        if act.what in OF_CASES:  # a procedure asks for its second person however few this installation needs
            return act.what is not What.DESTROY_CASES and not self._second(act)
        if self._needed < 2 or act.law.alone is Alone.ALWAYS:
            return True
        if checked is not None:
            return enacting.warrant_alone(checked, self._needed) is not None
        return act.law.alone is Alone.SOMETIMES and narrows(self._store, act)

    def _second(self, act: Act) -> bool:
        if self.casework is None:  # then nothing is done in cases at all
            return False
        law = law_of(self._store, self.casework.calendars, self._now(), self.casework.shipped)
        return needs_second(self._store, law, act)

    def _took(
        self,
        act: Act,
        stored: StoredAct,
        approver: str | None,
        carried: Carried,
        checked: Checked | None,
        now: datetime,
    ) -> Done:
        """Its effect, inside the transaction."""
        if act.what is What.FORGET and self._keeping is not None:
            self._keeping.check(act.fields["subject"])
        if checked is None:
            return Done(stored, EFFECTS[act.what](self._doing(act, approver, now, carried, stored.id)))
        proposal = None
        if approver is None:
            warrant = enacting.warrant_alone(checked, self._needed)
        else:
            proposal = enacting.proposal_of(self._store, stored.id)
            warrant = enacting.warrant_of_two(checked, proposal, approver)
        if warrant is None:
            raise NotPermitted("this needs a second person")
        made = enacting.enact(self._store, act, checked, warrant, now)
        return Done(
            stored, {"epoch": made.epoch, "rulebook": made.rulebook}, proposal=proposal.id if proposal else None
        )

    def _kept(self, act: Act, stored: StoredAct, carried: Carried, checked: Checked | None, now: datetime) -> Done:
        """It waits, and the documents that it names are kept beside it."""
        if checked is None:
            if exhibits := asked.named(act.fields, carried.exhibits):
                self._store.keep_files(exhibits, actor=act.actor, at=now)
            return Done(stored)
        return Done(stored, proposal=enacting.keep(self._store, stored, checked, carried.summary, act.actor, now).id)

    def _rehearse(self, act: Act, carried: Carried, now: datetime) -> None:
        """What could not take effect now is refused before it waits: the effect is tried, and undone."""
        if act.what is What.FORGET and self._keeping is not None:
            self._keeping.check(act.fields["subject"])
        with suppress(_Undone), self._store.together(actor=act.actor, at=now):
            EFFECTS[act.what](self._doing(act, None, now, carried, None))
            raise _Undone

    def _doing(self, act: Act, approver: str | None, now: datetime, carried: Carried, made: str | None) -> Doing:
        parts = (approver, now, carried, self._needed, self._random_bytes)
        return Doing(self._store, act, *parts, casework=self.casework, made=made)

    def _pushed(self, act: Act, done: Done, timeout: float) -> Done:
        """Tell every gate process, once all of it is durable."""
        if done.act.is_open or not act.law.pushes:
            return done
        told: Announcement | EnactReport | None
        if act.what is What.ENACT:
            told = push_again(self._store, self._workers, now=self._now(), stopwatch=self._stopwatch, timeout=timeout)
        else:
            told = announce(self._workers, stopwatch=self._stopwatch, timeout=timeout)
        result = done.result
        if act.what is What.FORGET and self._keeping is not None:
            result = {**result, "opened_facts": self._keeping.finish(self._store)}
        return Done(done.act, result, told, done.proposal)


class _Undone(Exception):
    """Ends a transaction of which nothing is to be kept."""
