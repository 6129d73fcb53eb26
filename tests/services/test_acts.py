"""What officers do: the role, the signature, the second person, the effect; and everything that is tried instead."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Carrier
from licet.core.facts import UNKNOWN
from licet.core.roles import Account, Officer, Role
from licet.services.acts.administration import StateAdministration
from licet.services.acts.carried import Carried
from licet.services.acts.content import make, read
from licet.services.acts.effects import EFFECTS
from licet.services.acts.enacting import fields_of
from licet.services.acts.ports import Signature
from licet.services.acts.refusal import ActRefused, NotPermitted, SignatureRefused
from licet.services.acts.signing import SIGN_IN
from licet.services.acts.spelling import act_from, act_tree, officer_tree
from licet.services.acts.what import LAW, What
from licet.services.acts.words import HEADLINES, headline, lines
from licet.services.keys import keyed_hash
from licet.services.ports import Store, StoreConflict
from licet.services.stored import Ground, StoredDocument
from licet.wire.canonical import canonical, digest

if TYPE_CHECKING:
    from tests.services.acts_world import Ministry

from tests.services import acts_world as world

NOW, RELEASE, SECRET = world.NOW, world.RELEASE, world.SECRET
PEOPLE = b"subject,kind,us_citizen\nbob,person,true\n"


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield made
    made.close()


@pytest.fixture
def desk(store: Store) -> Ministry:
    return world.ministry(store)


def fact(store: Store, name: str, subject: str = "alice") -> Any:
    record = store.subject(subject)
    assert record is not None
    return next((each for each in record.attestations if each.fact == name), None)


def test_an_attestation_counts_once_somebody_else_approved_it(desk: Ministry, store: Store) -> None:
    proposed = desk.attest(us_citizen=True)
    assert proposed.act.is_open
    assert fact(store, "us_citizen") is None
    assert desk.workers.times == 0
    done = desk.approve(proposed)
    found = fact(store, "us_citizen")
    assert (found.value, found.carrier, found.level, found.framework) == (
        True,
        Carrier.OFFICERS,
        "high",
        "house rules 3",
    )
    assert found.attested_by == "ann and ben"
    assert found.digest == digest(proposed.act.content)
    assert found.until.isoformat() == world.NEXT_YEAR
    assert desk.workers.times == 1
    assert done.result == {"attested": ["us_citizen"]}
    assert done.act.settlement is not None
    assert (done.act.settlement.actor, done.act.settlement.outcome) == ("ben", "approved")


def test_everything_is_kept_with_its_signatures(desk: Ministry, store: Store) -> None:
    done = desk.approve(desk.attest())
    kept = store.act(done.act.id)
    assert kept is not None
    assert act_from(json.loads(json.dumps(act_tree(kept)))) == kept
    kinds = [each.kind for each in store.events(0)]
    assert kinds.count("act added") == 2
    assert kinds.count("act settled") == 1
    assert kinds.count("officer changed") == 4


@pytest.mark.parametrize(
    ("by", "role"),
    [("cid", "needs the role `officer`, and they have `viewer`"), ("ben", "needs the role `officer`")],
)
def test_an_officer_without_the_role_is_told_which(desk: Ministry, by: str, role: str) -> None:
    with pytest.raises(NotPermitted, match=role):
        desk.attest(by=by)


def test_only_an_approver_approves(desk: Ministry) -> None:
    proposed = desk.attest()
    with pytest.raises(NotPermitted, match="needs the role `approver`"):
        desk.approve(proposed, "cid")
    with pytest.raises(NotPermitted, match="`eve` is not an officer"):
        desk.approve(proposed, "eve", key="ben")
    assert desk.approve(desk.attest(by="dora")).act.settlement is not None


def test_nobody_approves_their_own(desk: Ministry) -> None:
    proposed = desk.attest(by="dora")
    with pytest.raises(NotPermitted, match="`dora` proposed it, so somebody else with the role `approver`"):
        desk.approve(proposed, "dora")


def test_nobody_approves_their_own_under_a_second_name(desk: Ministry, store: Store) -> None:
    """The store is written to directly, as no appointment would let one key have two names."""
    second = Officer("doris", frozenset({Role.APPROVER}), store.officer("dora").keys)  # type: ignore[union-attr]
    store.put_officer(second, actor="root", at=NOW)
    with pytest.raises(NotPermitted, match="signs with a key of `dora`"):
        desk.approve(desk.attest(by="dora"), "doris", key="dora")
    account = Account("https://idp.example", b"m" * 32)
    for name in ("dora", "ben"):
        there = store.officer(name)
        assert there is not None
        store.put_officer(Officer(name, there.roles, there.keys, (account,)), actor="root", at=NOW)
    with pytest.raises(NotPermitted, match="signs in with an account of `dora`"):
        desk.approve(desk.attest(by="dora"), "ben")


@pytest.mark.parametrize("narrow", ["DORA", " dora", "Dora"])
def test_a_name_that_reads_like_another_is_nobody(desk: Ministry, narrow: str) -> None:
    with pytest.raises(NotPermitted, match="is not an officer"):
        desk.approve(desk.attest(by="dora"), narrow, key="dora")


def test_a_signature_of_another_act_is_none(desk: Ministry) -> None:
    first, second = (
        desk.act(What.SUSPEND, subject="alice", reason="x"),
        desk.act(What.SUSPEND, subject="alice", reason="x"),
    )
    assert first.digest != second.digest  # the same words, another nonce
    with pytest.raises(SignatureRefused, match="not a signature over this digest"):
        desk.administration.submit(second.content, desk.keys["ann"].sign(first.digest), Carried())
    with pytest.raises(SignatureRefused, match="not a signature"):
        desk.administration.submit(second.content, desk.keys["ann"].sign(second.digest, SIGN_IN), Carried())


def test_a_key_that_is_not_theirs_signs_nothing(desk: Ministry) -> None:
    act = desk.act(What.SUSPEND, subject="alice", reason="x")
    with pytest.raises(SignatureRefused, match="is not a key of `ann`"):
        desk.submit(act, key="ben")
    forged = Signature(desk.keys["ann"].id, desk.keys["ben"].sign(act.digest).content)
    with pytest.raises(SignatureRefused, match="not a signature over this digest by the key"):
        desk.administration.submit(act.content, forged, Carried())
    with pytest.raises(SignatureRefused, match="has to sign this"):
        desk.administration.submit(act.content, None, Carried())
    with pytest.raises(SignatureRefused, match="is not a key of `ben`"):
        desk.approve(desk.attest(), "ben", key="dora")


def test_an_act_is_handed_in_once(desk: Ministry, store: Store) -> None:
    act = desk.act(What.SUSPEND, subject="alice", reason="x")
    desk.submit(act)
    store.resume("alice", actor="root", at=NOW, reason="test")
    with pytest.raises(StoreConflict, match="handed in already, as `a-"):
        desk.submit(act)
    record = store.subject("alice")
    assert record is not None
    assert record.suspended is None


@pytest.mark.parametrize("later", [timedelta(minutes=11), -timedelta(minutes=11)])
def test_an_act_is_handed_in_soon(desk: Ministry, later: timedelta) -> None:
    act = desk.act(What.SUSPEND, subject="alice", reason="x")
    desk.at = NOW + later
    with pytest.raises(ActRefused, match="make and sign it anew"):
        desk.submit(act)


def test_an_act_of_another_installation_is_nothing_here(desk: Ministry) -> None:
    act = make(
        What.SUSPEND,
        {"subject": "alice", "reason": "x"},
        installation="0" * 32,
        actor="ann",
        now=NOW,
        random_bytes=secrets.token_bytes,
    )
    with pytest.raises(SignatureRefused, match="another installation"):
        desk.submit(act)


def test_an_approval_is_no_withdrawal_nor_the_other_way(desk: Ministry) -> None:
    proposed = desk.attest()
    signed = desk.keys["ben"].sign(read(proposed.act.content).digest)
    with pytest.raises(SignatureRefused):
        desk.administration.withdraw(proposed.act.id, "ben", "no", signed)
    assert desk.withdraw(proposed, "ben").act.settlement is not None
    with pytest.raises(StoreConflict, match="was withdrawn by `ben` already: a mistake"):
        desk.approve(proposed)


def test_of_two_approvals_one_wins_and_the_other_is_told(desk: Ministry, store: Store) -> None:
    proposed = desk.attest()

    def approve(by: str) -> str:
        try:
            return desk.approve(proposed, by).act.id
        except StoreConflict as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(approve, ["ben", "dora"]))
    assert said[1] == proposed.act.id or said[0] == proposed.act.id
    assert sum(each == proposed.act.id for each in said) == 1
    assert any(re.search(r"approved by `(ben|dora)` already", each) or "settled" in each for each in said)
    assert [each.kind for each in store.events(0)].count("attested") == 1


def test_what_was_proposed_by_somebody_who_is_dismissed_is_void(desk: Ministry) -> None:
    proposed = desk.attest(by="dora")
    desk.approve(desk.do(What.DISMISS, officers=["dora"], reason="left"))
    with pytest.raises(NotPermitted, match="`dora` was dismissed"):
        desk.approve(proposed)
    with pytest.raises(NotPermitted, match="`dora` was dismissed"):
        desk.attest(by="dora")


def test_what_was_signed_with_a_key_that_was_dropped_is_void(desk: Ministry, store: Store) -> None:
    """Somebody who had stolen the key proposed it, and waited for an approver in a hurry."""
    stolen = desk.attest(by="dora")
    anew = desk.made("dora", Role.OFFICER, Role.APPROVER)
    desk.approve(desk.do(What.APPOINT, officers=[officer_tree(anew)]))
    with pytest.raises(NotPermitted, match="a key that `dora` has no longer"):
        desk.approve(stolen)
    assert fact(store, "us_citizen") is None
    desk.approve(desk.attest(by="dora", us_citizen=True))


def test_what_narrows_needs_one(desk: Ministry, store: Store) -> None:
    assert desk.do(What.SUSPEND, subject="alice", reason="stolen").act.alone
    record = store.subject("alice")
    assert record is not None
    assert record.suspended == "stolen"
    with pytest.raises(ActRefused, match="suspended already"):
        desk.do(What.SUSPEND, subject="alice", reason="stolen")
    resumed = desk.do(What.RESUME, subject="alice", reason="found")
    assert resumed.act.is_open
    desk.approve(resumed)
    record = store.subject("alice")
    assert record is not None
    assert record.suspended is None
    assert desk.workers.times == 2


def test_the_operators_word_is_withdrawn_by_one(desk: Ministry, store: Store) -> None:
    desk.approve(desk.attest(us_citizen=True))
    assert desk.do(What.RETRACT, subject="alice", facts=["us_citizen"], reason="wrong").act.alone
    assert fact(store, "us_citizen").value is UNKNOWN
    with pytest.raises(ActRefused, match="the operator attested no `us_citizen`"):
        desk.do(What.RETRACT, subject="alice", facts=["us_citizen"], reason="wrong")


def test_where_an_issuer_would_be_believed_again_two_withdraw(desk: Ministry, store: Store) -> None:
    desk.approve(desk.attest(us_citizen=False))
    own = fact(store, "us_citizen")
    other = world.replace(own, value=True, attested_by="https://idp.example", carrier=Carrier.OIDC)
    store.attest([other], actor="office", at=NOW)
    assert desk.do(What.RETRACT, subject="alice", facts=["us_citizen"], reason="wrong").act.is_open


def test_with_one_officer_there_is_never_a_second(store: Store) -> None:
    desk = world.ministry(store, needed=1)
    assert desk.attest().act.alone
    assert fact(store, "us_citizen").attested_by == "ann"


def test_what_could_not_take_effect_does_not_wait(desk: Ministry, store: Store) -> None:
    head = store.head()
    with pytest.raises(Exception, match="is not a declared fact"):
        desk.attest(favourite_colour="red")
    with pytest.raises(ActRefused, match="not suspended"):
        desk.do(What.RESUME, subject="alice", reason="x")
    assert store.head() == head


def test_a_file_of_subjects_is_the_very_file(desk: Ministry, store: Store) -> None:
    act = desk.act(What.IMPORT, file="people.csv", digest=digest(PEOPLE))
    with pytest.raises(ActRefused, match="has to come with this"):
        desk.submit(act)
    proposed = desk.submit(act, Carried(file=PEOPLE))
    assert store.subject("bob") is None
    with pytest.raises(ActRefused, match="its digest is another one"):
        desk.approve(proposed, carried=Carried(file=PEOPLE.replace(b"true", b"false")))
    done = desk.approve(proposed, carried=Carried(file=PEOPLE))
    assert done.result == {"subjects": 1, "new": 1, "attestations": 2}
    assert fact(store, "us_citizen", "bob").attested_by == "ann and ben"


def test_a_key_lets_nobody_in_before_it_is_approved(desk: Ministry, store: Store) -> None:
    issued = desk.administration.issue_key("alice", (), None, None)
    proposed = desk.do(What.MAKE_KEY, **issued.fields)
    assert store.key_by_hash(keyed_hash(SECRET, issued.text)) is None
    assert issued.text not in proposed.act.content.decode()
    desk.approve(proposed)
    found = store.key_by_hash(keyed_hash(SECRET, issued.text))
    assert found is not None
    assert (found.subject, found.created_by) == ("alice", "ann")
    assert desk.do(What.REVOKE_KEY, "ben", id=found.id, reason="lost").act.alone


def test_organisations_screening_and_erasure(desk: Ministry, store: Store) -> None:
    client = desk.do(What.ADD_CLIENT, id="acme", hash="ab" * 32, attester="acme")
    desk.approve(client)
    assert store.client_by_hash(bytes.fromhex("ab" * 32)) is not None
    assert desk.do(What.REVOKE_CLIENT, id="acme", reason="gone").act.alone
    hit = {"subject": "alice", "list": "csl", "candidate": "sha256:aa", "reason": "same name"}
    assert desk.do(What.SCREEN, **hit, outcome="match").act.alone
    assert desk.do(What.SCREEN, **hit, outcome="no match").act.is_open
    erased = desk.do(What.FORGET, subject="alice", stands_for="u-gone", reason="asked")
    assert erased.act.is_open
    assert desk.approve(erased).result["stands_for"] == "u-gone"
    assert store.subject("alice") is None
    gone = store.act(client.act.id), store.act(erased.act.id)
    trees = json.dumps([act_tree(each) for each in store.acts()])
    assert all(gone)
    assert "alice" not in trees
    with pytest.raises(StoreConflict):
        desk.approve(erased)


@pytest.mark.parametrize(
    ("officers", "why"),
    [
        ([("ann", [Role.APPROVER])], "nobody with a key would be left who can appoint"),
        ([("ann", [Role.ADMINISTRATOR, Role.APPROVER])], "another officer needs the role `approver`"),
        ([("ann", [Role.ADMINISTRATOR]), ("Ann", [Role.APPROVER])], "read like one name"),
        ([], "nobody with a key would be left"),
    ],
)
def test_a_founding_locks_nobody_out(store: Store, officers: list[tuple[str, list[Role]]], why: str) -> None:
    desk = world.Ministry(store)
    with pytest.raises(ActRefused, match=why):
        desk.administration.found([desk.made(name, *roles) for name, roles in officers], actor="root")
    assert store.officers() == ()


def test_there_is_one_founding(desk: Ministry) -> None:
    with pytest.raises(NotPermitted, match="officers already"):
        desk.found()


def test_a_key_has_one_name(store: Store) -> None:
    key = world.signer()
    desk = world.Ministry(store)
    two = [world.officer("ann", key, Role.ADMINISTRATOR), world.officer("ben", key, Role.APPROVER)]
    with pytest.raises(ActRefused, match="would have the same key"):
        desk.administration.found(two, actor="root")


@pytest.mark.parametrize(("names", "why"), [(["ann"], "can appoint"), (["ben", "dora"], "can approve")])
def test_the_last_ones_are_not_dismissed(desk: Ministry, names: list[str], why: str) -> None:
    with pytest.raises(ActRefused, match=why):
        desk.do(What.DISMISS, officers=names, reason="x")


def test_two_dismissals_that_together_would_lock_everybody_out(desk: Ministry, store: Store) -> None:
    first = desk.do(What.DISMISS, officers=["ben"], reason="x")
    second = desk.do(What.DISMISS, officers=["dora"], reason="x")
    desk.approve(first, "dora")
    with pytest.raises(NotPermitted, match="`ben` was dismissed"):
        desk.approve(second, "ben")
    with pytest.raises(ActRefused, match="can approve"):
        desk.approve(second, "dora")
    assert store.act(second.act.id).is_open  # type: ignore[union-attr]


def test_an_appointment_waits_and_then_counts(desk: Ministry) -> None:
    eve = desk.made("eve", Role.OFFICER)
    proposed = desk.do(What.APPOINT, officers=[officer_tree(eve)])
    with pytest.raises(NotPermitted):
        desk.attest(by="eve")
    desk.approve(proposed)
    assert desk.attest(by="eve").act.is_open


def test_documents_that_narrow_are_enacted_by_one(desk: Ministry, store: Store) -> None:
    desk.narrows = True
    done = desk.enact(fields_of, RELEASE.format("r"))
    assert done.act.alone
    assert store.enactments()[-1].ground is Ground.NARROWS
    assert done.result["epoch"] == 2
    assert desk.workers.times == 1


def test_documents_that_widen_wait_and_both_sign(desk: Ministry, store: Store) -> None:
    proposed = desk.enact(fields_of, RELEASE.format("r"))
    assert proposed.proposal is not None
    assert len(store.enactments()) == 1
    done = desk.approve(proposed)
    enacted = store.enactments()[-1]
    assert (enacted.actor, enacted.approved_by, enacted.ground) == ("ann", "ben", Ground.TWO_OFFICERS)
    assert enacted.proposal == proposed.proposal
    assert enacted.rulebook == read(done.act.content).fields["rulebook"]


def test_documents_that_moved_are_signed_anew(desk: Ministry, store: Store) -> None:
    first, second = desk.enact(fields_of, RELEASE.format("r")), desk.enact(fields_of, RELEASE.format("q"))
    desk.approve(first)
    with pytest.raises(StoreConflict, match="epoch 2 is in force"):
        desk.approve(second)
    assert desk.withdraw(second).proposal == second.proposal
    assert [each.is_open for each in store.proposals()] == [False, False]


def test_other_documents_than_those_that_were_signed(desk: Ministry, store: Store) -> None:
    signs, other = desk.proposal(RELEASE.format("r")), desk.proposal(RELEASE.format("q"))
    act = desk.act(What.ENACT, **fields_of(signs, "enact"))
    with pytest.raises(ActRefused, match="not what it names"):
        desk.submit(act, Carried(other.documents, other.lists))
    wrong = StoredDocument("release", "r", signs.documents[0].digest, other.documents[0].canonical)
    with pytest.raises(ActRefused, match="does not have the digest"):
        desk.submit(act, Carried((wrong,)))
    assert len(store.enactments()) == 1


def test_an_officer_who_enacts_no_trust(desk: Ministry) -> None:
    act = desk.act(
        What.ENACT,
        "dora",
        documents=[{"kind": "trust", "name": "t", "digest": digest(b"")}],
        lists=[],
        on=1,
        rulebook="x",
        by="enact",
    )
    with pytest.raises(NotPermitted, match="needs the role `administrator`"):
        desk.submit(act)


def test_documents_from_before_there_were_officers(desk: Ministry, store: Store) -> None:
    proposal = desk.proposal(RELEASE.format("r"))
    kept = store.propose(
        proposal.documents,
        (),
        actor="old",
        at=NOW,
        rulebook=proposal.rulebook.digest,
        epoch=1,
        summary=b"{}",
    )
    with pytest.raises(ActRefused, match="before there were officers"):
        desk.administration.act(kept.id)
    assert desk.do(What.CLOSE, proposal=kept.id, reason="unsigned").result == {"withdrawn": kept.id}


SPOILED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("another format", lambda tree: {**tree, "format": "licet-act/2"}),
    ("another act", lambda tree: {**tree, "act": "rule the world"}),
    ("a field more", lambda tree: {**tree, "fields": {**tree["fields"], "x": 1}}),
    ("a field less", lambda tree: {**tree, "fields": {"subject": "alice"}}),
    ("a member more", lambda tree: {**tree, "x": 1}),
    ("no nonce", lambda tree: {**tree, "nonce": ""}),
    ("a name with what nobody sees", lambda tree: {**tree, "actor": "ann\u200b"}),
    ("an instant without offset", lambda tree: {**tree, "at": "2026-06-12T21:21:00"}),
    ("a text that is none", lambda tree: {**tree, "fields": {**tree["fields"], "reason": " "}}),
    ("escapes", lambda tree: {**tree, "fields": {**tree["fields"], "reason": "\x1b[2J"}}),
    ("a list", lambda tree: [tree]),
]


@pytest.mark.parametrize("spoil", [each[1] for each in SPOILED], ids=[each[0] for each in SPOILED])
def test_a_content_has_one_spelling(desk: Ministry, spoil: Callable[[dict[str, Any]], Any]) -> None:
    content = desk.act(What.SUSPEND, subject="alice", reason="x").content
    assert read(content).content == content
    with pytest.raises(ActRefused):
        read(canonical(spoil(json.loads(content))))
    with pytest.raises(ActRefused, match="canonical"):
        read(content + b" ")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[" * 100_000, b"1", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":1e999}', b'{"a":' + b"9" * 400 + b"}"],
)
def test_what_is_no_content(content: bytes) -> None:
    with pytest.raises(ActRefused):
        read(content)


@pytest.mark.parametrize("public", ["A", "AA==", "", "\u00e9", 7, None])
def test_a_key_that_is_no_text_of_bytes(desk: Ministry, public: Any) -> None:
    eve = {"name": "eve", "roles": ["officer"], "keys": [{"id": "x", "kind": "ed25519", "public": public}]}
    with pytest.raises(ActRefused):
        desk.act(What.APPOINT, officers=[{**eve, "accounts": []}])


def test_every_act_has_an_effect_and_words(desk: Ministry) -> None:
    assert set(EFFECTS) | {What.ENACT} == set(What) == set(LAW) == set(HEADLINES)
    act = read(desk.attest(us_citizen=True, citizenships={"known": ["FR"], "complete": False}).act.content)
    assert headline(act) == "attest facts of alice"
    assert dict(lines(act))["facts"] == "citizenships = {FR, perhaps others}, us_citizen = true"


def test_nobody_acts_where_there_are_no_officers(store: Store) -> None:
    desk = world.Ministry(store)
    desk.made("ann")
    assert isinstance(desk.administration, StateAdministration)
    with pytest.raises(NotPermitted, match="no officers yet"):
        desk.do(What.SUSPEND, subject="alice", reason="x")
