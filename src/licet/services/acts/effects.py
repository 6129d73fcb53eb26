"""What each act does to the store, once it may: in the transaction that keeps the act, or its approval.

An effect gives what there is to tell of it, as JSON. It raises what the verbs of the other services raise; then nothing
of it has happened, and the act is not kept, or waits as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from licet.core.attestations import OWN, Attestation, Carrier
from licet.core.facts import UNKNOWN, Unknown
from licet.core.roles import Officer, Role
from licet.services import approval, keys, subjects
from licet.services.acts.carried import Carried, Doing, Effect, Told
from licet.services.acts.content import Act
from licet.services.acts.persons import check_appointed
from licet.services.acts.refusal import ActRefused
from licet.services.acts.spelling import officer_from
from licet.services.acts.what import What
from licet.services.cases.acting import act_on_cases
from licet.services.cases.opening import open_cases
from licet.services.cases.retaining import destroy_cases
from licet.services.identity.ports import Client, Hit
from licet.services.ports import Store
from licet.services.rulebooks import in_force, propose
from licet.services.stored import KeyRecord
from licet.services.subjects import Imported
from licet.wire.canonical import digest
from licet.wire.documents import SourceFile
from licet.wire.people import read_people
from licet.wire.values import from_json


def attest(doing: Doing) -> Told:
    """The operator's own word, in both names; what carried it is the act itself."""
    until = datetime.fromisoformat(doing["until"])
    if until <= doing.now:
        raise ActRefused(f"`until`: {until.isoformat()} has passed; attest anew with a later one")
    found = tuple(
        Attestation(
            doing["subject"],
            fact,
            from_json(value),
            doing.names,
            doing["evidence"],
            doing["level"],
            doing.now,
            until,
            doing["framework"],
            Carrier.OFFICERS,
            doing.act.digest,
        )
        for fact, value in doing["facts"].items()
    )
    _attest(doing, found)
    return {"attested": [each.fact for each in found]}


def retract(doing: Doing) -> Told:
    """Withdraw what the operator itself said; what an issuer said, only that issuer withdraws."""
    own = {each.fact: each for each in own_words(doing.store, doing["subject"])}
    for fact in doing["facts"]:
        if fact not in own:
            raise ActRefused(
                f"the operator attested no `{fact}` of `{doing['subject']}`; an issuer's own word ends with `licet"
                " subjects suspend`, or with the trust in the issuer"
            )
    _attest(
        doing,
        tuple(
            replace(
                own[fact],
                value=UNKNOWN,
                attested_by=doing.names,
                how="withdrawn",
                at=doing.now,
                until=None,
                carrier=Carrier.OFFICERS,
                digest=doing.act.digest,
                status=None,
            )
            for fact in doing["facts"]
        ),
    )
    return {"retracted": list(doing["facts"])}


def own_words(store: Store, subject: str) -> tuple[Attestation, ...]:
    """What the operator itself says of a subject. Raises `ActRefused` if there is none such."""
    record = store.subject(subject)
    if record is None:
        raise ActRefused(f"there is no subject `{subject}`; `licet subjects list` names them")
    return tuple(each for each in record.attestations if each.carrier in OWN and not isinstance(each.value, Unknown))


def _attest(doing: Doing, found: tuple[Attestation, ...]) -> None:
    declared = in_force(doing.store).facts
    subjects.attest(doing.store, declared, found, actor=doing.act.actor, now=doing.now)


def suspend(doing: Doing) -> Told:
    """Nobody is let in as this subject any more."""
    done = doing.store.suspend(doing["subject"], actor=doing.act.actor, at=doing.now, reason=doing["reason"])
    if not done:
        raise ActRefused(f"`{doing['subject']}` is suspended already")
    return {"suspended": doing["subject"]}


def resume(doing: Doing) -> Told:
    """This subject may come in again."""
    if not doing.store.resume(doing["subject"], actor=doing.act.actor, at=doing.now, reason=doing["reason"]):
        raise ActRefused(f"`{doing['subject']}` is not suspended")
    return {"resumed": doing["subject"]}


def import_(doing: Doing) -> Told:
    """Subjects of a file, which is not kept: whoever approves it has to have the very same one."""
    done = imported(doing, check_file(doing.act, doing.carried))
    return {"subjects": done.subjects, "new": done.new, "attestations": done.attestations}


def check_file(act: Act, carried: Carried) -> bytes:
    """The file of subjects. Raises `ActRefused` unless it is the one that the act names by its digest."""
    if carried.file is None:
        raise ActRefused(f"the file `{act.fields['file']}` has to come with this: add `--file FILE`")
    if digest(carried.file) != act.fields["digest"]:
        raise ActRefused(f"this file is not `{act.fields['file']}` as it was proposed: its digest is another one")
    return carried.file


def imported(doing: Doing, content: bytes) -> Imported:
    """What an import does, once its content is known to be the right one."""
    store, file = doing.store, str(doing["file"])
    if file.endswith((".yaml", ".yml")):
        proposal = propose(store, [SourceFile(file, content, lambda _: None)])
        if proposal.told_apart()[0] or not proposal.subjects:
            raise ActRefused(f"`{file}` holds something else than subjects, or none")
        facts = proposal.before.facts
        return subjects.import_documents(store, proposal.subjects, facts, actor=doing.names, now=doing.now)
    people = read_people(content.splitlines(keepends=True), in_force(store).facts, file=file)
    return subjects.import_people(store, people, file=file, actor=doing.names, now=doing.now)


def make_key(doing: Doing) -> Told:
    """An API key, of which its proposer has the text."""
    expires = doing["expires_at"] and datetime.fromisoformat(doing["expires_at"])
    for subject in filter(None, (doing["subject"], doing["acts_for"])):
        if doing.store.subject(subject) is None:
            raise keys.KeyRefused(f"`{subject}` is not a subject; add it first (`licet subjects import`)")
    if expires is not None and expires <= doing.now:
        raise keys.KeyRefused(f"the key would expire at {expires.isoformat()}, which has passed")
    if doing["acts_for"] == doing["subject"]:
        raise keys.KeyRefused(f"`{doing['subject']}` cannot act for itself")
    record = KeyRecord(
        doing["id"],
        doing["subject"],
        keys.checked_scopes(doing["scopes"]),
        doing.now,
        doing.act.actor,
        expires,
        acts_for=doing["acts_for"],
    )
    doing.store.add_key(record, bytes.fromhex(doing["hash"]))
    return {"key": record.id}


def revoke_key(doing: Doing) -> Told:
    """End an API key for good."""
    keys.revoke(doing.store, doing["id"], actor=doing.act.actor, now=doing.now, reason=doing["reason"])
    return {"revoked": doing["id"]}


def add_client(doing: Doing) -> Told:
    """Let an organisation push its members."""
    client = Client(doing["id"], doing["attester"], doing.now, doing.act.actor)
    doing.store.add_client(client, bytes.fromhex(doing["hash"]))
    return {"client": client.id}


def revoke_client(doing: Doing) -> Told:
    """End an organisation's token for good."""
    if not doing.store.revoke_client(doing["id"], actor=doing.act.actor, at=doing.now, reason=doing["reason"]):
        raise ActRefused(f"there is no client `{doing['id']}`, or it is revoked already")
    return {"revoked": doing["id"]}


def screen(doing: Doing) -> Told:
    """What somebody decided about a candidate of a screening."""
    parts = (doing["subject"], doing["list"], doing["candidate"], doing["outcome"], doing["reason"])
    doing.store.dispose(Hit(*parts, doing.act.actor, doing.now))
    return {"disposed": doing["outcome"]}


def forget(doing: Doing) -> Told:
    """Erase what is known of a subject."""
    erased = doing.store.erase(
        doing["subject"], doing["stands_for"], actor=doing.act.actor, at=doing.now, reason=doing["reason"]
    )
    return {"stands_for": erased.subject, "attestations": erased.attestations}


def appoint(doing: Doing) -> Told:
    """What officers are from now on."""
    changed = [officer_from(each) for each in doing["officers"]]
    for each in changed:
        if not each.roles:
            raise ActRefused(f"`{each.name}` would have no role; `licet officers dismiss` dismisses an officer")
    return _officers(doing, changed)


def dismiss(doing: Doing) -> Told:
    """Officers who may do nothing from now on, and whose keys and accounts count for nothing."""
    there = {each.name: each for each in doing.store.officers()}
    for name in doing["officers"]:
        if name not in there or not there[name].roles:
            raise ActRefused(f"`{name}` is not an officer; `licet officers list` names them")
    return _officers(doing, [Officer(name, frozenset()) for name in doing["officers"]])


def _officers(doing: Doing, changed: list[Officer]) -> Told:
    after = {each.name: each for each in doing.store.officers()} | {each.name: each for each in changed}
    check_appointed(after.values(), needed=doing.needed)
    for each in changed:
        doing.store.put_officer(each, actor=doing.act.actor, at=doing.now)
    return {"officers": [each.name for each in changed]}


def invite(doing: Doing) -> Told:
    """Nothing yet: the approved act is the invitation, and whoever has its token registers a passkey by it."""
    until = datetime.fromisoformat(doing["until"])
    if until <= doing.now:
        raise ActRefused(f"the invitation would end at {until.isoformat()}, which has passed")
    if not set(doing["roles"]) <= set(Role):
        raise ActRefused("there is no such role")
    return {"invited": doing["name"], "until": until.isoformat()}


def keep_keys(doing: Doing) -> Told:
    """Nothing yet: the approved act is what the command needs that works on the keys."""
    return {"allowed": doing["work"]}


def close(doing: Doing) -> Told:
    """Take back documents that were proposed before there were officers, and that nobody signed."""
    approval.withdraw(doing.store, doing["proposal"], actor=doing.act.actor, now=doing.now, reason=doing["reason"])
    return {"withdrawn": doing["proposal"]}


def register(_: Doing) -> Told:
    """Never by handing it in: only an invitation makes such an act (`services.acts.inviting`)."""
    raise ActRefused("a passkey is registered by an invitation, at the office")


EFFECTS: Mapping[What, Effect] = {
    What.ATTEST: attest,
    What.RETRACT: retract,
    What.SUSPEND: suspend,
    What.RESUME: resume,
    What.IMPORT: import_,
    What.MAKE_KEY: make_key,
    What.REVOKE_KEY: revoke_key,
    What.ADD_CLIENT: add_client,
    What.REVOKE_CLIENT: revoke_client,
    What.SCREEN: screen,
    What.FORGET: forget,
    What.APPOINT: appoint,
    What.DISMISS: dismiss,
    What.INVITE: invite,
    What.KEEP_KEYS: keep_keys,
    What.CLOSE: close,
    What.REGISTER: register,
    What.OPEN_CASES: open_cases,
    What.CASE: act_on_cases,
    What.DESTROY_CASES: destroy_cases,
}
"""Every kind of act but the enactment of documents, which `services.acts.enacting` has."""


def narrows(store: Store, act: Act) -> bool:
    """Whether an act gives nobody access that they did not have, by what it says alone."""
    if act.what is What.RETRACT:
        record = store.subject(act.fields["subject"])
        others = {each.fact for each in record.attestations if each.carrier not in OWN} if record else set()
        # one who contradicted an issuer and no longer does lets the issuer's word count
        return not others & set(act.fields["facts"])
    return act.what is What.SCREEN and act.fields["outcome"] == "match"
