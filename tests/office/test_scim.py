"""SCIM against the office as it runs: what a push does, and who is refused how."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from licet.core.attestations import Attestation, Carrier
from licet.core.facts import UNKNOWN, Members
from licet.services.identity.marks import mark
from licet.services.identity.organisations import clients
from licet.services.identity.ports import Binding

if TYPE_CHECKING:
    import httpx
    from tests.office.conftest import MakeOffice, Running

    from licet.services.stored import SubjectRecord

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ORG = f"{ENTERPRISE}:organization"
SECRETS = ("bjensen@acme.example", "Babs Jensen", "+1-555-0199", "701984", "babs@home.example", "Bjensen@Acme.example")
LAW = """
trust: acme-members
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: acme
carriers: [scim, oidc]
audience: [licet]
algorithms: [ES256]
keys: {url: "https://idp.example/keys"}
level: substantial
framework: contract
facts:
  staff: {value: true}
  org: {claim: organization, only: [acme.example, initech.example]}
  citizenships: {claim: entitlements}
---
trust: other-members
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: other
carriers: [scim]
facts:
  staff: {value: true}
"""


class Organisation(NamedTuple):
    """An organisation with its token, at an office that runs."""

    running: Running
    client: httpx.Client
    token: str
    id: str
    attester: str

    def post(self, **more: Any) -> httpx.Response:
        """Push somebody."""
        return self.client.post("/scim/v2/Users", json=user(**more))

    def patch(self, id_: str, *operations: Any, **headers: str) -> httpx.Response:
        """Change somebody."""
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self.client.patch(f"/scim/v2/Users/{id_}", json=body, headers=headers)

    def member(self, id_: str) -> Any:
        """Somebody in the store."""
        found = self.running.store.member(self.attester, id_)
        assert found is not None
        return found

    def known(self, subject: str) -> dict[str, object]:
        """The facts that are known."""
        facts = self.running.facts(subject)
        return {name: facts[name] for name in ("staff", "org", "citizenships") if facts[name] is not UNKNOWN}

    def record(self, subject: str) -> SubjectRecord:
        """The subject in the store."""
        found = self.running.store.subject(subject)
        assert found is not None
        return found


def user(user_name: str = "bjensen@acme.example", **more: Any) -> dict[str, Any]:
    return {"schemas": [USER, ENTERPRISE], "userName": user_name, **more}


@pytest.fixture
def running(make_office: MakeOffice) -> Running:
    made = make_office()
    made.enact(LAW)
    return made.start()


def organisation(running: Running, attester: str) -> Organisation:
    client, token = clients.create(
        running.store,
        attester,
        actor="test",
        now=datetime.now(UTC),
        secret=running.secret,
        random_bytes=secrets.token_bytes,
    )
    headers = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
    return Organisation(running, running.client(headers=headers), token, client.id, attester)


@pytest.fixture
def acme(running: Running) -> Organisation:
    return organisation(running, "acme")


def check_error(answer: httpx.Response, status: int, kind: str | None = None) -> str:
    """A refusal in the form of RFC 7644; what it says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/scim+json")
    tree = answer.json()
    assert tree["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert (tree["status"], tree.get("scimType")) == (str(status), kind)
    assert not any(secret in answer.text for secret in SECRETS)
    return str(tree["detail"])


def test_a_member_gets_what_trust_documents_say_and_nothing_else_is_kept(acme: Organisation) -> None:
    answer = acme.post(
        user_name="Bjensen@Acme.example",
        externalId="701984",
        name={"formatted": "Babs Jensen", "familyName": "Jensen"},
        emails=[{"value": "babs@home.example", "type": "home"}],
        phoneNumbers=[{"value": "+1-555-0199"}],
        entitlements=[{"value": "DE"}, {"value": "FR"}],
        **{ENTERPRISE: {"organization": "acme.example", "manager": {"value": "26118915"}}},
    )
    assert answer.status_code == 201
    made = answer.json()
    assert (made["userName"], made["externalId"], made["active"]) == ("Bjensen@Acme.example", "701984", True)
    assert answer.headers["location"] == made["meta"]["location"]
    assert set(made) == {"schemas", "id", "userName", "externalId", "active", "meta"}
    subject = acme.member(made["id"]).subject
    both = Members(frozenset({"DE", "FR"}), complete=False)
    assert acme.known(subject) == {"staff": True, "org": "acme.example", "citizenships": both}
    said = {each.fact: each for each in acme.record(subject).attestations}
    assert {(each.attested_by, each.carrier, each.level, each.framework) for each in said.values()} == {
        ("acme", Carrier.SCIM, "substantial", "contract")
    }
    shown = acme.client.get(f"/scim/v2/Users/{made['id']}").json()
    assert (shown["userName"], "externalId" in shown) == (made["id"], False)
    everything = b"".join(path.read_bytes() for path in acme.running.home.rglob("*") if path.is_file())
    assert not any(secret.encode() in everything for secret in SECRETS)
    assert acme.token.encode() not in everything


def test_an_inactive_member_is_nobody_at_once_and_active_again_restores(acme: Organisation) -> None:
    id_ = acme.post(**{ENTERPRISE: {"organization": "acme.example"}}).json()["id"]
    subject = acme.member(id_).subject
    known = {"staff": True, "org": "acme.example"}
    for end, again in (
        ({"op": "replace", "path": "active", "value": False}, {"op": "replace", "path": "active", "value": True}),
        ({"op": "Replace", "value": {"active": "False"}}, {"op": "Add", "value": {"active": "True"}}),
        ({"op": "remove", "path": "active"}, {"op": "replace", "path": f"{USER}:active", "value": True}),
    ):
        assert acme.known(subject) == known
        answer = acme.patch(id_, end)
        assert (answer.status_code, answer.json()["active"]) == (200, False)
        assert acme.known(subject) == {}
        assert acme.record(subject).suspended == "no active member of `acme`"
        assert acme.patch(id_, again).json()["active"] is True
        assert acme.record(subject).suspended is None
    assert acme.known(subject) == known


def test_what_changes_while_somebody_is_not_active_counts_when_they_are_again(acme: Organisation) -> None:
    id_ = acme.post(entitlements=[{"value": "DE"}], **{ENTERPRISE: {"organization": "acme.example"}}).json()["id"]
    subject = acme.member(id_).subject
    acme.patch(id_, {"op": "replace", "path": "active", "value": False})
    acme.patch(id_, {"op": "replace", "path": ORG, "value": "initech.example"})
    acme.patch(id_, {"op": "remove", "path": "entitlements"})
    assert acme.known(subject) == {}
    acme.patch(id_, {"op": "replace", "path": "active", "value": True})
    assert acme.known(subject) == {"staff": True, "org": "initech.example"}


def test_a_put_takes_back_what_it_does_not_say(acme: Organisation) -> None:
    id_ = acme.post(externalId="701984", **{ENTERPRISE: {"organization": "acme.example"}}).json()["id"]
    subject = acme.member(id_).subject
    answer = acme.client.put(f"/scim/v2/Users/{id_}", json=user())
    assert (answer.status_code, answer.json()["userName"]) == (200, "bjensen@acme.example")
    assert acme.known(subject) == {"staff": True}
    assert acme.member(id_).external is None
    head, version = acme.running.store.head(), acme.member(id_).version
    assert acme.client.put(f"/scim/v2/Users/{id_}", json=user()).status_code == 200
    assert (acme.running.store.head(), acme.member(id_).version) == (head, version), "the same again is no change"
    acme.client.put(f"/scim/v2/Users/{id_}", json=user(active=False))
    assert acme.known(subject) == {}


def test_a_value_that_is_not_believed_makes_the_fact_unknown(acme: Organisation) -> None:
    id_ = acme.post(**{ENTERPRISE: {"organization": "acme.example"}}).json()["id"]
    subject = acme.member(id_).subject
    assert acme.patch(id_, {"op": "replace", "path": ORG, "value": "evil.example"}).status_code == 200
    assert acme.known(subject) == {"staff": True}


def test_a_deleted_member_is_gone_and_comes_back_as_the_same_subject(acme: Organisation) -> None:
    id_ = acme.post(externalId="701984").json()["id"]
    subject = acme.member(id_).subject
    assert acme.client.delete(f"/scim/v2/Users/{id_}").status_code == 204
    assert acme.known(subject) == {}
    assert acme.record(subject).suspended is not None
    for method in ("GET", "DELETE"):
        check_error(acme.client.request(method, f"/scim/v2/Users/{id_}"), 404)
    again = acme.post(user_name="another", externalId="701984").json()["id"]
    assert again != id_
    assert acme.member(again).subject == subject
    assert acme.known(subject) == {"staff": True}
    assert acme.record(subject).suspended is None


def test_a_user_name_that_somebody_else_has_now_is_somebody_else(acme: Organisation) -> None:
    first = acme.post(user_name="jsmith", externalId="1").json()["id"]
    assert acme.patch(first, {"op": "replace", "path": "userName", "value": "jones"}).json()["userName"] == "jones"
    second = acme.post(user_name="JSmith", externalId="2").json()["id"]
    assert acme.member(first).subject != acme.member(second).subject


def test_a_user_name_alone_leads_to_one_subject_which_is_not_shared(acme: Organisation) -> None:
    first = acme.post(user_name="jsmith").json()["id"]
    acme.patch(first, {"op": "replace", "path": "userName", "value": "jones"})
    check_error(acme.post(user_name="jsmith"), 409, "uniqueness")
    acme.client.delete(f"/scim/v2/Users/{first}")
    assert acme.post(user_name="jsmith").status_code == 201


def test_an_account_that_is_called_like_somebodys_user_name_is_not_theirs(acme: Organisation) -> None:
    """Whoever may choose what their account is called, at the organisation or its identity provider."""
    first = acme.post(user_name="jsmith").json()["id"]
    for called in ("userName:jsmith", "user name:jsmith", "user name\0jsmith", "jsmith"):
        assert acme.running.store.bound("acme", mark(acme.running.secret, "acme", called)) is None
    second = acme.post(user_name="eve", externalId="userName:jsmith")
    assert second.status_code == 201
    assert acme.member(first).subject != acme.member(second.json()["id"]).subject


def test_a_subject_that_others_know_is_not_suspended(acme: Organisation) -> None:
    """Whoever signs in as the same person at the same organisation is the same subject."""
    store, now = acme.running.store, datetime.now(UTC)
    store.add_subject("alice", "person", actor="test", at=now)
    binding = Binding("acme", mark(acme.running.secret, "acme", "701984"), "alice")
    store.bind(binding, "person", actor="test", at=now)
    signed_in = Attestation("alice", "org", "acme.example", "acme", "id token", "high", now, carrier=Carrier.OIDC)
    store.attest([signed_in], actor="test", at=now)
    id_ = acme.post(externalId="701984").json()["id"]
    assert acme.member(id_).subject == "alice"
    assert acme.known("alice") == {"staff": True, "org": "acme.example"}
    acme.client.delete(f"/scim/v2/Users/{id_}")
    assert acme.known("alice") == {}, "what its identity provider said ends too"
    assert acme.record("alice").suspended is None


def test_what_officers_suspended_no_organisation_lets_in_again(acme: Organisation) -> None:
    id_ = acme.post().json()["id"]
    subject = acme.member(id_).subject
    acme.running.store.suspend(subject, actor="ann", at=datetime.now(UTC), reason="an investigation")
    for active in (False, True):
        acme.patch(id_, {"op": "replace", "path": "active", "value": active})
    assert acme.record(subject).suspended == "an investigation"


def test_officers_suspend_whom_the_organisation_has_suspended(acme: Organisation) -> None:
    """Otherwise the organisation alone could let them in again."""
    id_ = acme.post().json()["id"]
    subject = acme.member(id_).subject
    acme.patch(id_, {"op": "replace", "path": "active", "value": False})
    assert acme.running.store.suspend(subject, actor="ann", at=datetime.now(UTC), reason="an investigation")
    acme.patch(id_, {"op": "replace", "path": "active", "value": True})
    assert acme.record(subject).suspended == "an investigation"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        "Bearer licet-scim_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Basic {token}",
        "Bearer {token}x",
        "{token}",
    ],
)
def test_a_wrong_token_is_refused(acme: Organisation, header: str | None) -> None:
    head = acme.running.store.head()
    headers = {} if header is None else {"authorization": header.format(token=acme.token)}
    with acme.running.client() as stranger:
        for path in ("/Users", "/ServiceProviderConfig", "/nothing"):
            answer = stranger.get(f"/scim/v2{path}", headers=headers)
            assert "token of a client" in check_error(answer, 401)
            assert answer.headers["www-authenticate"] == 'Bearer realm="scim"'
        check_error(stranger.post("/scim/v2/Users", json=user(), headers=headers), 401)
    assert acme.running.store.head() == head


def test_a_revoked_token_is_refused_at_once(acme: Organisation) -> None:
    id_ = acme.post().json()["id"]
    acme.running.store.revoke_client(acme.id, actor="test", at=datetime.now(UTC), reason="lost")
    check_error(acme.client.get(f"/scim/v2/Users/{id_}"), 401)
    check_error(acme.patch(id_, {"op": "replace", "path": "active", "value": False}), 401)
    assert acme.known(acme.running.store.member("acme", id_).subject) == {"staff": True}  # type: ignore[union-attr]


def test_another_organisation_neither_sees_nor_touches_a_member(acme: Organisation) -> None:
    other = organisation(acme.running, "other")
    id_ = acme.post(externalId="701984").json()["id"]
    subject, head = acme.member(id_).subject, acme.running.store.head()
    unknown = check_error(other.client.get("/scim/v2/Users/m-aaaaaaaaaaaaaaaa"), 404)
    assert check_error(other.client.get(f"/scim/v2/Users/{id_}"), 404) == unknown
    assert check_error(other.client.delete(f"/scim/v2/Users/{id_}"), 404) == unknown
    assert check_error(other.client.put(f"/scim/v2/Users/{id_}", json=user()), 404) == unknown
    assert check_error(other.patch(id_, {"op": "replace", "path": "active", "value": False}), 404) == unknown
    for text in ("", 'userName eq "bjensen@acme.example"', 'externalId eq "701984"', f'id eq "{id_}"'):
        query = {"filter": text} if text else {}
        assert other.client.get("/scim/v2/Users", params=query).json()["totalResults"] == 0
    assert acme.running.store.head() == head
    theirs = other.post(externalId="701984").json()["id"]
    assert other.member(theirs).subject != subject, "what another organisation calls somebody is another name"
    other.client.delete(f"/scim/v2/Users/{theirs}")
    assert acme.known(subject) == {"staff": True}


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "replace", "path": "nope", "value": 1}, "invalidPath"),
        ({"op": "replace", "path": "urn:x:y:z", "value": 1}, "invalidPath"),
        ({"op": "replace", "path": "active[", "value": 1}, "invalidPath"),
        ({"op": "replace", "value": {"nope": 1}}, "invalidValue"),
        ({"op": "replace", "value": {ENTERPRISE: {"nope": 1}}}, "invalidValue"),
        ({"op": "replace", "value": 1}, "invalidValue"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"op": "replace", "path": "id", "value": "m-1"}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "grow", "path": "active", "value": True}, "invalidValue"),
        ({"op": "replace", "path": "userName", "value": ""}, "invalidValue"),
        ({"op": "add", "path": "entitlements", "value": [{"value": "US"}]}, "invalidPath"),
        ({"op": "remove", "path": 'entitlements[value eq "US"]'}, "invalidPath"),
        ({"op": "replace", "path": "entitlements", "value": [{"value": "nowhere"}]}, "invalidValue"),
    ],
)
def test_a_patch_that_cannot_be_is_refused_and_changes_nothing(
    acme: Organisation, operation: dict[str, Any], kind: str
) -> None:
    id_ = acme.post().json()["id"]
    head = acme.running.store.head()
    check_error(acme.patch(id_, {"op": "replace", "path": "active", "value": False}, operation), 400, kind)
    assert acme.running.store.head() == head


def test_what_is_not_kept_may_be_changed_without_effect(acme: Organisation) -> None:
    id_ = acme.post().json()["id"]
    head = acme.running.store.head()
    answer = acme.patch(
        id_,
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "babs@home.example"},
        {"op": "add", "path": "name.givenName", "value": "Babs Jensen"},
        {"op": "replace", "value": {"displayName": "Babs Jensen"}},
        {"op": "remove", "path": "phoneNumbers"},
    )
    assert answer.status_code == 200
    assert "Babs" not in answer.text
    assert acme.running.store.head() == head


def test_a_user_name_is_there_once_whatever_its_case(acme: Organisation) -> None:
    acme.post(externalId="1")
    check_error(acme.post(user_name="BJENSEN@acme.example"), 409, "uniqueness")
    check_error(acme.post(user_name="other", externalId="1"), 409, "uniqueness")
    second = acme.post(user_name="other", externalId="2").json()["id"]
    for change in ({"userName": "Bjensen@acme.example"}, {"externalId": "1"}):
        check_error(acme.patch(second, {"op": "replace", "value": change}), 409, "uniqueness")
    assert acme.client.get("/scim/v2/Users").json()["totalResults"] == 2


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "invalidSyntax"),
        (b"<User/>", 400, "invalidSyntax"),
        (b"[]", 400, "invalidSyntax"),
        (b'{"userName": "a", "userName": "b"}', 400, "invalidSyntax"),
        (json.dumps(user() | {"USERNAME": "b"}).encode(), 400, "invalidSyntax"),
        (json.dumps(user() | {"name": {"givenName": "a", "givenname": "b"}}).encode(), 400, "invalidSyntax"),
        (json.dumps(user() | {"shoeSize": 7}).encode(), 400, "invalidSyntax"),
        (json.dumps({"schemas": [USER]}).encode(), 400, "invalidValue"),
        (json.dumps(user("")).encode(), 400, "invalidValue"),
        (json.dumps(user("a" * 501)).encode(), 400, "invalidValue"),
        (json.dumps(user() | {"active": "perhaps"}).encode(), 400, "invalidValue"),
        (json.dumps({"schemas": ["urn:nope"], "userName": "a"}).encode(), 400, "invalidSyntax"),
        (json.dumps(user() | {"displayName": "x" * 300_000}).encode(), 413, None),
        (b"\xff\xfe", 400, "invalidSyntax"),
        (b"[" * 5000, 400, "invalidSyntax"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(acme: Organisation, body: bytes, status: int, kind: str | None) -> None:
    head = acme.running.store.head()
    check_error(acme.client.post("/scim/v2/Users", content=body), status, kind)
    assert acme.running.store.head() == head


def test_other_media_types_and_methods_are_refused(acme: Organisation) -> None:
    answer = acme.client.post("/scim/v2/Users", content=b"a=b", headers={"content-type": "text/plain"})
    check_error(answer, 415, "invalidSyntax")
    check_error(acme.client.delete("/scim/v2/Users"), 405)
    check_error(acme.client.post("/scim/v2/Schemas", json={}), 405)
    check_error(acme.client.get("/scim/v2/Groups"), 404)
    check_error(acme.client.get("/scim/v2/Schemas", params={"filter": "id pr"}), 403)


def test_members_are_found_by_what_the_request_itself_names(acme: Organisation) -> None:
    id_ = acme.post(externalId="701984").json()["id"]
    acme.post(user_name="other")
    for text, shown in (
        ('userName eq "BJENSEN@acme.example"', ("BJENSEN@acme.example", None)),
        ('externalId eq "701984"', (id_, "701984")),
        (f'{USER}:userName eq "{id_}"', (id_, None)),
        (f'id eq "{id_}"', (id_, None)),
    ):
        (found,) = acme.client.get("/scim/v2/Users", params={"filter": text}).json()["Resources"]
        assert (found["id"], found["userName"], found.get("externalId")) == (id_, *shown)
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": 'externalId eq "701984"'}
    assert acme.client.post("/scim/v2/Users/.search", json=search).json()["totalResults"] == 1
    for text in ('userName co "b"', "active eq true", 'emails.value eq "x"', "userName pr", "userName eq 7", "((", ""):
        check_error(acme.client.get("/scim/v2/Users", params={"filter": text}), 400, "invalidFilter")


def test_lists_come_in_pages(acme: Organisation) -> None:
    made = sorted(acme.post(user_name=f"u{number}").json()["id"] for number in range(5))
    seen: list[str] = []
    for start in (1, 3, 5, 7):
        page = acme.client.get("/scim/v2/Users", params={"startIndex": start, "count": 2}).json()
        assert (page["totalResults"], page["startIndex"]) == (5, start)
        assert page["itemsPerPage"] == len(page["Resources"])
        seen += [each["id"] for each in page["Resources"]]
    assert seen == made
    assert acme.client.get("/scim/v2/Users", params={"count": 0}).json()["Resources"] == []
    assert acme.client.get("/scim/v2/Users", params={"startIndex": -3}).json()["itemsPerPage"] == 5
    check_error(acme.client.get("/scim/v2/Users", params={"count": "many"}), 400, "invalidValue")
    few = acme.client.get("/scim/v2/Users", params={"attributes": "userName"}).json()["Resources"][0]
    assert set(few) == {"schemas", "id", "userName"}
    fewer = acme.client.get(f"/scim/v2/Users/{made[0]}", params={"excludedAttributes": "meta,active"}).json()
    assert set(fewer) == {"schemas", "id", "userName"}


def test_a_version_that_is_not_the_newest_changes_nothing(acme: Organisation) -> None:
    answer = acme.post()
    id_, first = answer.json()["id"], answer.headers["etag"]
    assert first == answer.json()["meta"]["version"] == 'W/"1"'
    assert acme.client.get(f"/scim/v2/Users/{id_}", headers={"if-none-match": first}).status_code == 304
    changed = acme.patch(id_, {"op": "replace", "path": "active", "value": False}, **{"if-match": first})
    assert changed.headers["etag"] == 'W/"2"'
    for answer in (
        acme.patch(id_, {"op": "replace", "path": "active", "value": True}, **{"if-match": first}),
        acme.client.put(f"/scim/v2/Users/{id_}", json=user(), headers={"if-match": first}),
        acme.client.delete(f"/scim/v2/Users/{id_}", headers={"if-match": first}),
        acme.client.delete(f"/scim/v2/Users/{id_}", headers={"if-match": "nonsense"}),
    ):
        check_error(answer, 412)
    assert acme.client.delete(f"/scim/v2/Users/{id_}", headers={"if-match": 'W/"2"'}).status_code == 204


def test_of_many_who_push_the_same_person_one_wins(acme: Organisation) -> None:
    answers: list[int] = []

    def push() -> None:
        with acme.running.client(headers=dict(acme.client.headers)) as mine:
            answers.append(mine.post("/scim/v2/Users", json=user(externalId="701984")).status_code)

    threads = [threading.Thread(target=push) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [201] + [409] * 5
    assert acme.client.get("/scim/v2/Users").json()["totalResults"] == 1


def test_the_schema_says_what_is_not_kept(acme: Organisation) -> None:
    tree = acme.client.get(f"/scim/v2/Schemas/{USER}").json()
    marked = {each["name"]: (each["mutability"], each["returned"]) for each in tree["attributes"]}
    assert marked["userName"] == marked["active"] == ("readWrite", "default")
    assert {marked[name] for name in marked if name not in ("userName", "active", "externalId")} == {
        ("writeOnly", "never")
    }
    config = acme.client.get("/scim/v2/ServiceProviderConfig").json()
    supported = {name: config[name]["supported"] for name in ("patch", "filter", "etag", "bulk", "sort")}
    assert supported == {"patch": True, "filter": True, "etag": True, "bulk": False, "sort": False}
