"""Offices that lie, or are none: whatever they answer, a command ends with a clear error, and its exit code 4."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.adapters.admin_client import open_office
from licet.adapters.officer_key import OfficerSigner
from licet.app.world import HostWorld
from licet.cli.main import run
from licet.services.office import OfficeUnusable

SIGNER = OfficerSigner(b"k" * 32)
CHALLENGE = {"challenge": "sha256:" + "0" * 64, "seconds": 120}
SESSION = {"token": "t0ken", "officer": "ann", "roles": [], "seconds": 900}


class Liar(ThreadingHTTPServer):
    """Lets everybody sign in, then says whatever it was told to; `asked` are paths with the authorization sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.daemon_threads, self.block_on_close = True, False
        self.answers: dict[str, Any] = {}
        self.otherwise: Any = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.signing_in: dict[str, Any] = {"/session/challenges": CHALLENGE, "/session": SESSION}
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Liar
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer({**self.server.signing_in, **self.server.answers})

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def _answer(self, answers: dict[str, Any]) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0].removeprefix("/admin/v1")
        self.server.asked.append((path, self.headers.get("authorization")))
        said = answers.get(path, self.server.otherwise)
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(200 if path in self.server.signing_in else self.server.status)
        for name, value in ({} if path in self.server.signing_in else self.server.headers).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def liar() -> Iterator[Liar]:
    server = Liar()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def call(
    liar: Liar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, Any, str]]:
    for each in ("LICET_ADMIN", "LICET_CONFIG", "LICET_OFFICER", "LICET_OFFICER_KEY"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.chdir(tmp_path)
    run(HostWorld(), ["officers", "key", "--file", "ann.key"])

    def made(*arguments: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = run(HostWorld(), ["--admin", liar.url, "--sign-with", "ann.key", *arguments, "--json"])
        said = capsys.readouterr()
        return int(code), json.loads(said.out), said.err

    return made


COMMANDS = (
    ("status",),
    ("rulebook",),
    ("subjects", "list"),
    ("subjects", "show", "alice"),
    ("facts", "show", "alice"),
    ("keys", "list"),
    ("scim", "list"),
    ("screen", "list"),
    ("journal", "show"),
    ("proposals",),
    ("officers", "list"),
    ("decide", "-s", "alice", "-m", "small"),
    ("scim", "create", "acme.example"),
    ("subjects", "suspend", "alice", "--reason", "x"),
)
NOW = "2026-11-21T20:00:00+00:00"


@pytest.mark.parametrize(
    "lie",
    [
        {},
        {"now": NOW},
        {"now": 7},
        {"documents": 3},
        b"[]",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' + b"9" * 10_000 + b"}",
    ],
    ids=lambda lie: repr(lie)[:20],
)
def test_every_command_says_that_it_is_no_office(
    liar: Liar, call: Callable[..., tuple[int, Any, str]], lie: Any
) -> None:
    liar.otherwise = lie
    for arguments in COMMANDS:
        code, tree, err = call(*arguments)
        assert (code, tree["error"]["code"]) == (4, "office_unusable"), (arguments, tree, err)
        assert "Traceback" not in err
        assert liar.url in tree["error"]["message"]


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(NOW),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "at", "kind", "x")), inner),
    max_leaves=8,
)
MEMBERS = (
    "now", "needed", "installation", "subjects", "next", "documents", "enactments", "proposals", "acts", "officers",
    "keys", "clients", "dispositions", "status_lists", "workers", "records", "acknowledgements", "id", "kind",
    "suspended", "attestations", "facts", "subject", "at", "content", "text", "fields", "files", "size", "read",
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(MEMBERS), TREES, max_size=12))
def test_whatever_is_answered_is_read_or_refused(liar: Liar, tree: dict[str, Any]) -> None:
    liar.otherwise = tree
    office = open_office(liar.url, SIGNER)
    store, administration = office.store, office.administration
    for read in (
        store.enactments, store.documents, store.proposals, store.keys, store.clients, store.dispositions,
        store.confirmed, store.subject_count, store.member_counts, lambda: list(store.subjects()),
        lambda: store.subject("alice"), lambda: store.acknowledgements(1), lambda: store.proposed("p"),
        lambda: store.list_content("sha256:x"), administration.now, administration.officers, administration.acts,
        lambda: administration.act("a"), lambda: administration.issue_client("x"), lambda: administration.needed,
        lambda: office.knowledge("alice", None), office.journal.health, lambda: office.journal.tail(3),
        lambda: office.workers.status(timeout=1),
    ):  # fmt: skip
        try:
            read()
        except OfficeUnusable as error:
            assert "\n" not in str(error)


def test_documents_have_the_digests_that_they_say(liar: Liar) -> None:
    store = open_office(liar.url, SIGNER).store
    kept = {"kind": "model", "name": "small", "digest": "sha256:" + "1" * 64, "canonical": "{}"}
    liar.otherwise = {"documents": [kept]}
    with pytest.raises(OfficeUnusable, match="no office of Licet says"):
        store.documents()
    liar.otherwise = {"content": base64.urlsafe_b64encode(b"a list").decode().rstrip("=")}
    with pytest.raises(OfficeUnusable, match="no office of Licet says"):
        store.list_content("sha256:" + "1" * 64)
    right = f"sha256:{sha256(b'a list').hexdigest()}"
    assert store.list_content(right) == b"a list"


def test_documents_that_do_not_read(liar: Liar, call: Callable[..., tuple[int, Any, str]]) -> None:
    enacted = {"epoch": 1, "at": NOW, "actor": "ann", "documents": [], "rulebook": "sha256:" + "1" * 64}
    for text in ("no json", "[]", "{}", '{"release": 1}', '"x"', '{"model":"small"}', "[" * 50_000):
        digest = f"sha256:{sha256(text.encode()).hexdigest()}"
        kept = {"kind": "release", "name": "small", "digest": digest, "canonical": text}
        liar.answers = {
            "/status": {"now": NOW, "needed": 2, "installation": "i", "subjects": 0},
            "/enactments": {"enactments": [enacted]},
            "/documents": {"documents": [kept]},
        }
        code, tree, err = call("rulebook")
        assert code in (3, 4), (text, tree, err)
        assert "Traceback" not in err


def test_a_page_of_subjects_that_never_ends(liar: Liar) -> None:
    alice: dict[str, object] = {"id": "alice", "kind": "person", "suspended": None, "attestations": []}
    liar.otherwise = {"subjects": [alice], "next": "alice"}
    with pytest.raises(OfficeUnusable, match="no office of Licet says"):
        list(open_office(liar.url, SIGNER).store.subjects())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(liar: Liar, status: int) -> None:
    other = Liar()
    liar.status, liar.headers = status, {"location": f"{other.url}/admin/v1/officers"}
    with pytest.raises(OfficeUnusable, match=f"answered {status}"):
        open_office(liar.url, SIGNER).administration.officers()
    other.server_close()
    assert other.asked == []
    assert liar.asked[-1] == ("/officers", "Bearer t0ken")


@pytest.mark.parametrize(
    ("path", "lie"),
    [
        ("/session/challenges", {"challenge": "x"}),
        ("/session/challenges", {"challenge": 7}),
        ("/session", {"token": "a\r\nhost: evil"}),
        ("/session", {"token": None}),
        ("/session", {"token": ""}),
    ],
)
def test_signing_in_to_a_liar(liar: Liar, path: str, lie: Any) -> None:
    liar.signing_in = {**liar.signing_in, path: lie}
    with pytest.raises(OfficeUnusable, match="no office of Licet says"):
        open_office(liar.url, SIGNER).administration.officers()


def test_an_answer_without_end(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.adapters.admin_client.wire.LARGEST", 100_000)
    liar.otherwise = b'{"x": "' + b"x" * 200_000 + b'"}'
    with pytest.raises(OfficeUnusable, match="without end"):
        open_office(liar.url, SIGNER).administration.officers()


def test_a_refusal_steers_no_terminal(liar: Liar) -> None:
    liar.status, liar.otherwise = 500, {"detail": "\x1b[2Jgone\u202e", "code": "failed"}
    with pytest.raises(OfficeUnusable) as caught:
        open_office(liar.url, SIGNER).administration.officers()
    assert str(caught.value).isprintable()


def test_a_session_that_is_over_begins_again(liar: Liar) -> None:
    office = open_office(liar.url, SIGNER)
    liar.otherwise = {"officers": []}
    assert office.administration.officers() == ()
    liar.status, liar.otherwise = 401, {"detail": "sign in first", "code": "not_signed_in"}
    with pytest.raises(Exception, match="sign in first"):
        office.administration.officers()
    assert [path for path, _ in liar.asked].count("/session") == 2


def test_whoever_comes_too_often_waits(liar: Liar) -> None:
    liar.status, liar.headers = 429, {"retry-after": "0"}
    liar.otherwise = {"detail": "too often", "code": "too_many_requests"}
    with pytest.raises(OfficeUnusable, match="too often"):
        open_office(liar.url, SIGNER).administration.officers()
    assert [path for path, _ in liar.asked].count("/officers") == 5
