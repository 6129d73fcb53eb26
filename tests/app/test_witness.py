"""Witnesses as processes of their own, and a log that asks them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.record.small_log import ENTRIES, LEAVES, LOG, WITNESS, folder_of

from licet.adapters.bounded_connection import HEAD_LIMIT
from licet.adapters.cosigning import Witnesses
from licet.adapters.tlog.log import FolderLog
from licet.app.world import HostWorld
from licet.cli.main import run
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.keys import NoteKey, read_key
from licet.record.signed.notes import Note, sign, verify
from licet.record.signed.policy import Policy, read_policy
from licet.record.signed.verdict import judge
from licet.record.tree.merkle import EMPTY_ROOT, Head, leaf_hash, root_of
from licet.services.record.ports import LogUnavailable, NotPublished
from licet.services.record.watching.witnessing import BODY_LIMIT, Submission

EMPTY = Head(0, EMPTY_ROOT)
FORKED = [leaf_hash(b"another %d" % each) for each in range(700)]


class NotStarted(Exception):
    """What it said instead."""


@dataclass
class Running:
    """One witness: its process, and what it said of itself."""

    process: subprocess.Popen[str]
    name: str
    key: NoteKey
    url: str
    folder: Path

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body)
        answer: HTTPResponse = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers.get_content_type(), content

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode


def start(folder: Path, *more: str, log: NoteKey = LOG.key) -> Running:
    command = [sys.executable, "-m", "licet.app.main", "witness", "--json", "--key", f"{folder}/key", "--state"]
    command += [f"{folder}/state", "--log", str(log), "--listen", "127.0.0.1:0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.endswith("}\n"):
        said_instead = line + process.stdout.read()
        process.wait(timeout=20)
        raise NotStarted(said_instead)
    said = json.loads(line)
    return Running(process, said["name"].rsplit("/", 1)[1], read_key(said["key"]), said["url"], folder)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Running]]:
    room = tmp_path_factory.mktemp("witnesses")
    running: list[Running] = []
    try:
        running.extend(start(room / name, "--name", f"witness.example/{name}") for name in ("w1", "w2", "w3"))
        yield running
    finally:
        codes = [each.stop() for each in running]
    assert codes == [0, 0, 0]


Log = Callable[[str], FolderLog]


def policy(witnesses: list[Running], needed: str, *more: str, log: NoteKey = LOG.key) -> Policy:
    lines = [f"log {log}", *(f"witness {each.name} {each.key} {each.url}" for each in witnesses), *more]
    names = [each.name for each in witnesses] + [line.split()[1] for line in more]
    lines += [f"group some {needed} {' '.join(names)}", "quorum some"] if needed != "none" else ["quorum none"]
    return read_policy("".join(f"{line}\n" for line in lines).encode())


def head(size: int, leaves: list[bytes]) -> Head:
    return Head(size, root_of(leaves[:size]))


def signed(size: int, leaves: list[bytes], origin: str = LOG.key.name) -> bytes:
    return bytes(sign(str(Checkpoint(origin, head(size, leaves))), LOG))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts one more witness, for one test."""
    running: list[Running] = []

    def begin(name: str) -> Running:
        running.append(start(tmp_path / name, "--name", f"witness.example/{name}"))
        return running[-1]

    yield begin
    for each in running:
        each.stop()


def test_a_log_is_published_with_the_cosignatures_that_its_policy_asks_for(
    three: list[Running], tmp_path: Path
) -> None:
    trust = policy(three, "2")
    log = FolderLog(tmp_path / "log", tmp_path / "lock", tmp_path / "staging", LOG, Witnesses(trust))
    log.create()
    for size in (1, 3, 300):
        log.append([b"entry %d" % each for each in range(size)])
        verdict = judge(trust, log.checkpoint())
        assert verdict.accepted, verdict.reasons
        assert len(verdict.cosigned) >= 2
    assert read_checkpoint(log.checkpoint()).checkpoint.head.size == 304
    status, _, content = three[0].ask("GET", f"/{sha256(LOG.key.name.encode()).hexdigest()}/checkpoint")
    assert status == 200
    assert verify(read_checkpoint(content).note, [LOG.key])


def test_one_of_three_may_be_away(fresh: Callable[..., Running]) -> None:
    up, away = [fresh("w1"), fresh("w2")], fresh("w3")
    assert away.stop() == 0
    ask = Witnesses(policy([*up, away], "2"))
    cosigned = ask(EMPTY, signed(10, LEAVES), folder_of(LEAVES[:10]))
    assert judge(policy([*up, away], "2"), cosigned).accepted
    with pytest.raises(LogUnavailable) as refused:
        Witnesses(policy([*up, away], "all"))(EMPTY, signed(10, LEAVES), folder_of(LEAVES[:10]))
    assert "the quorum `some` is not met, 2 cosigned: `w3` cannot be reached" in str(refused.value)


def test_a_witness_that_has_seen_a_fork_says_so_and_the_others_go_on(fresh: Callable[..., Running]) -> None:
    loyal, other, forked = fresh("w1"), fresh("w2"), fresh("w3")
    assert judge(
        policy([forked], "1"), Witnesses(policy([forked], "1"))(EMPTY, signed(100, FORKED), folder_of(FORKED[:100]))
    ).accepted
    all_three, tiles = [loyal, other, forked], folder_of(LEAVES[:400])
    cosigned = Witnesses(policy(all_three, "2"))(head(100, LEAVES), signed(400, LEAVES), tiles)
    verdict = judge(policy(all_three, "2"), cosigned)
    assert verdict.accepted
    assert {each.witness for each in verdict.cosigned} == {"w1", "w2"}
    with pytest.raises(LogUnavailable, match=r"`w3` refuses the proof from size 100 \(422\): it may have seen a fork"):
        Witnesses(policy(all_three, "all"))(head(100, LEAVES), signed(400, LEAVES), tiles)


def test_a_witness_that_has_seen_more_says_so(fresh: Callable[..., Running]) -> None:
    ask = Witnesses(policy([fresh("w1")], "1"))
    ask(EMPTY, signed(300, LEAVES), folder_of(LEAVES[:300]))
    with pytest.raises(LogUnavailable, match="has seen this log with 300 entries, and this is one with 200"):
        ask(EMPTY, signed(200, LEAVES), folder_of(LEAVES[:200]))
    ask(head(200, LEAVES), signed(300, LEAVES), folder_of(LEAVES[:300]))


def test_killed_and_started_again_it_goes_on(fresh: Callable[..., Running], tmp_path: Path) -> None:
    first = fresh("w1")
    Witnesses(policy([first], "1"))(EMPTY, signed(300, LEAVES), folder_of(LEAVES[:300]))
    first.process.kill()
    first.process.communicate(timeout=20)
    again = start(tmp_path / "w1")
    try:
        assert again.key == first.key
        assert again.ask("POST", "/add-checkpoint", bytes(Submission(0, (), signed(300, FORKED))))[::2] == (
            409,
            b"300\n",
        )
        ask = Witnesses(policy([again], "1"))
        assert ask(EMPTY, signed(400, LEAVES), folder_of(LEAVES[:400]))
        with pytest.raises(LogUnavailable, match="seen a fork"):
            ask(EMPTY, signed(500, FORKED), folder_of(FORKED[:500]))
    finally:
        assert again.stop() == 0


def test_a_lost_state_is_not_made_anew(fresh: Callable[..., Running], tmp_path: Path) -> None:
    first = fresh("w1")
    assert first.stop() == 0
    (tmp_path / "w1" / "state").rename(tmp_path / "w1" / "elsewhere")
    for more in ((), ("--name", "witness.example/w1")):
        with pytest.raises(NotStarted, match="a witness that forgot what it cosigned would cosign a fork"):
            start(tmp_path / "w1", *more)
    again = start(tmp_path / "w1", "--new")
    assert again.stop() == 0


def test_a_quorum_that_can_never_be_met_is_said_at_once(three: list[Running]) -> None:
    with pytest.raises(LogUnavailable, match="can never be met: 1 of 2 witnesses of the policy have a URL"):
        Witnesses(policy(three[:1], "2", f"witness later {WITNESS.key}"))


def test_without_a_quorum_a_log_waits_for_nobody() -> None:
    alone = Witnesses(read_policy(f"log {LOG.key}\nquorum none\n".encode()))
    assert alone(EMPTY, signed(3, LEAVES), folder_of(LEAVES[:3])) == signed(3, LEAVES)


def test_cosignatures_that_are_there_are_not_asked_for_again() -> None:
    trust = read_policy(f"log {LOG.key}\nwitness w1 {WITNESS.key} http://127.0.0.1:9\nquorum w1\n".encode())
    there = bytes(read_checkpoint(signed(3, LEAVES)).note.and_signed(WITNESS, 7))
    assert Witnesses(trust)(EMPTY, there, folder_of(LEAVES[:3])) == there


def test_a_log_whose_witnesses_are_away_appends_and_publishes_later(
    fresh: Callable[..., Running], tmp_path: Path
) -> None:
    """The entries are in the log; nobody is shown a checkpoint with too few cosignatures."""
    up = fresh("w1")
    trust = policy([up], "1")

    def log(cosign: Witnesses) -> FolderLog:
        return FolderLog(tmp_path / "log", tmp_path / "lock", tmp_path / "staging", LOG, cosign)

    log(Witnesses(trust)).create()
    away = read_policy(f"log {LOG.key}\nwitness w1 {up.key} http://127.0.0.1:9\nquorum w1\n".encode())
    with pytest.raises(NotPublished, match="entries 0 to 0 are in the log, but not published yet"):
        log(Witnesses(away)).append([b"an entry"])
    assert read_checkpoint(log(Witnesses(trust)).checkpoint()).checkpoint.head.size == 0
    assert log(Witnesses(trust)).append([b"another"]) == range(1, 2)
    assert judge(trust, log(Witnesses(trust)).checkpoint()).accepted


class Odd(BaseHTTPRequestHandler):
    """A server that answers `/add-checkpoint` as the test says."""

    answer: tuple[int, str, bytes] = (200, "text/plain", b"")
    pause = 0.0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(self.pause)
        status, kind, body = self.answer
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[tuple[type[Odd], str]]:
    handler = type("Handler", (Odd,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


LINE = str(Note(read_checkpoint(signed(3, LEAVES)).note.text, ()).and_signed(WITNESS, 7).signatures[0]).encode()
OTHER_LINE = str(Note("another\n", ()).and_signed(WITNESS, 7).signatures[0]).encode()
TIMELESS = str(Note(read_checkpoint(signed(3, LEAVES)).note.text, ()).and_signed(WITNESS, 0).signatures[0]).encode()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, "text/plain", b""), "answers with what is no cosignature of this"),
        ((200, "text/plain", b"hello\n"), "answers with what is no cosignature of this"),
        ((200, "text/plain", OTHER_LINE), "the signature of `witness.example/w1` is wrong"),
        ((200, "text/plain", TIMELESS), "without a cosignature by its key"),
        ((200, "text/plain", LINE.replace(b"w1", b"w9")), "without a cosignature by its key"),
        ((200, "text/plain", b"x" * 100_000), "answers with what is no cosignature of this"),
        ((404, "text/plain", b"never heard of it\n"), "answers 404: `never heard of it`"),
        ((403, "text/plain", b"\x1b[2J"), "answers 403: `\\u001b[2J`"),
        ((302, "text/plain", b""), "answers 302"),
        ((409, "text/plain", b"2\n"), "answers 409: `2`"),
        ((409, "text/x.tlog.size", b"2"), "answers 409 without a size"),
        ((409, "text/x.tlog.size", b"+2\n"), "answers 409 without a size"),
        ((409, "text/x.tlog.size", b"4\n"), "has seen this log with 4 entries"),
        ((409, "text/x.tlog.size", b"2\n"), "answers 409 again and again, the last time with the size 2"),
        ((500, "text/plain", b""), "answers 500"),
    ],
)
def test_what_is_no_cosignature_does_not_count(
    odd: tuple[type[Odd], str], answer: tuple[int, str, bytes], why: str
) -> None:
    handler, url = odd
    handler.answer = answer
    trust = read_policy(f"log {LOG.key}\nwitness w1 {WITNESS.key} {url}\nquorum w1\n".encode())
    with pytest.raises(LogUnavailable) as refused:
        Witnesses(trust)(EMPTY, signed(3, LEAVES), folder_of(LEAVES[:3]))
    assert why in str(refused.value)
    handler.answer = (200, "text/plain", b"\xe2\x80\x94 somebody.else AAAAAAAA\n" + LINE)
    assert judge(trust, Witnesses(trust)(EMPTY, signed(3, LEAVES), folder_of(LEAVES[:3]))).accepted


def test_one_that_hangs_holds_up_nobody_who_does_not_need_it(odd: tuple[type[Odd], str], three: list[Running]) -> None:
    handler, url = odd
    handler.pause = 1.0
    ask = Witnesses(policy(three[:1], "1", f"witness slow {WITNESS.key} {url}"), timeout=30)
    before = threading.active_count()
    latest = read_checkpoint(three[0].ask("GET", f"/{sha256(LOG.key.name.encode()).hexdigest()}/checkpoint")[2])
    checkpoint = bytes(Note(latest.note.text, latest.note.signatures[:1]))
    for _ in range(10):
        assert ask(latest.checkpoint.head, checkpoint, folder_of([])).count(b"\xe2\x80\x94") == 2
    assert threading.active_count() <= before + 3
    with pytest.raises(LogUnavailable, match=r"`slow` (still works on an older checkpoint|no answer within 0\.2 s)"):
        Witnesses(policy(three[:1], "all", f"witness slow {WITNESS.key} {url}"), timeout=0.2)(
            latest.checkpoint.head, checkpoint, folder_of([])
        )


def test_what_the_server_is_not_for(three: list[Running]) -> None:
    to = three[0]
    assert to.ask("GET", "/add-checkpoint")[0] == 405
    assert to.ask("POST", f"/{'0' * 64}/checkpoint")[0] == 405
    assert to.ask("GET", f"/{'0' * 64}/checkpoint")[0] == 404
    assert to.ask("GET", "/")[0] == 404
    assert to.ask("POST", "/add-checkpoint", b"old 0\n\nx\n")[0] == 400
    assert to.ask("POST", "/add-checkpoint", b"x" * (BODY_LIMIT + 1))[0] == 413
    with socket.create_connection(("127.0.0.1", to.port), timeout=10) as connection:
        connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\nx: " + b"y" * 2 * HEAD_LIMIT)
        assert connection.recv(100) == b""
    assert to.ask("POST", "/add-checkpoint", b"old 0\n\nx\n")[0] == 400


def test_its_key_is_its_own(three: list[Running]) -> None:
    for each in three:
        assert (each.folder / "key").stat().st_mode & 0o777 == 0o600
        assert (each.folder / "key").read_text().startswith("PRIVATE+KEY+witness.example/w")
    assert len({each.key for each in three}) == 3


def test_it_is_built_without_the_gate_and_its_store() -> None:
    code = "import sys, licet.app.witness; print('\\n'.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "licet.adapters.witness_store" in loaded
    assert {
        each for each in loaded if each.startswith(("licet.gate", "licet.engines", "licet.wire", "licet.cli"))
    } == set()
    assert loaded & {"sqlalchemy", "licet.adapters.store", "licet.services.ports", "yaml", "z3"} == set()


def test_a_monitor_learns_from_a_witness_that_it_is_shown_another_history(
    fresh: Callable[..., Running], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log shows the monitor one tree, and showed the witness another: no checkpoint alone tells."""
    asked, away = fresh("w1"), fresh("w2")
    assert away.stop() == 0
    (tmp_path / "policy").write_text(
        f"log {LOG.key}\nwitness w1 {asked.key} {asked.url}\nwitness w2 {away.key} {away.url}\nquorum none\n"
    )
    log = FolderLog(tmp_path / "log", tmp_path / "lock", tmp_path / "staging", LOG, Witnesses(policy([asked], "1")))
    log.create()
    log.append(ENTRIES[:20])
    arguments = ["monitor", str(tmp_path / "log"), "--policy", str(tmp_path / "policy")]

    def monitored(state: str) -> int:
        return run(HostWorld(), [*arguments, "--state", str(tmp_path / state), "--ask-witnesses"])

    assert monitored("seen") == 0
    other = FolderLog(tmp_path / "other", tmp_path / "lock2", tmp_path / "staging2", LOG)
    other.create()
    other.append(ENTRIES[1:30])
    arguments[1] = str(tmp_path / "other")
    capsys.readouterr()
    assert monitored("of somebody else") == 1
    said = capsys.readouterr().out
    assert "alarm: fork: the witness `w1` has seen a tree of 20 entries that is not the beginning of this one" in said
    kept = [path.read_bytes() for path in sorted((tmp_path / "of somebody else" / "evidence").iterdir())]
    assert kept[0] == other.checkpoint()
    assert read_checkpoint(kept[1]).checkpoint.head.size == 20
