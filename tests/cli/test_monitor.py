"""`licet monitor` and `licet witness` on the command line: a real log in a folder, followed and tampered with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from tests.record.small_log import ENTRIES, LOG, WITNESS

from licet.adapters.monitor_state import EVIDENCE, FILE, only_monitor
from licet.adapters.tlog.log import FolderLog
from licet.record.signed.keys import KeyKind, signer_from
from licet.services.record.watching.feed import ATOM

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Said


@pytest.fixture
def log(here: Path) -> FolderLog:
    (here / "policy").write_text(f"log {LOG.key}\nquorum none\n")
    made = FolderLog(here / "log", here / "lock", here / "staging", LOG)
    made.create()
    return made


@pytest.fixture
def monitor(licet: Command, log: FolderLog) -> Callable[..., Said]:
    def call(*more: object) -> Said:
        assert log.origin == LOG.key.name
        return licet("monitor", "log", "--policy", "policy", "--state", "seen", "--feed", "feed.atom", *more)

    return call


def titles() -> list[str]:
    return [each.findtext(f"{{{ATOM}}}title", "") for each in ET.parse("feed.atom").iter(f"{{{ATOM}}}entry")]


def test_a_log_is_followed(log: FolderLog, monitor: Callable[..., Said]) -> None:
    assert monitor().out.startswith(f"{LOG.key.name}: 0 entries, read whole")
    log.append(ENTRIES[:5])
    said = monitor()
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("licet.example/record: 5 entries, only grew, from 0: 1 acknowledgement, 1 enactment, ")
    assert lines[1].split() == ["ENTRY", "AT", "WHAT", "DETAILS"]
    assert "order us-doc-2026-06-12" in lines[2]
    assert "epoch 2 was enacted" in lines[4]
    assert (
        len({line.index(word) for line, word in zip(lines[1:], ("WHAT", "order", "order", "epoch"), strict=False)}) == 1
    )
    assert titles() == [
        "epoch 2 was enacted",
        "order (its name is withheld), in part withheld",
        "order us-doc-2026-06-12",
    ]
    feed = Path("feed.atom").read_bytes()
    again = monitor()
    assert (again.code, again.out) == (0, "licet.example/record: nothing new, 5 entries\n")
    assert Path("feed.atom").read_bytes() == feed
    log.append(ENTRIES[5:700])
    grown = monitor("--json").tree
    assert (grown["size"], grown["before"], grown["alarms"]) == (700, 5, [])
    assert [each["entry"] for each in grown["news"]] == [6, 7, 8]
    assert set(grown["news"][0]) == {"entry", "type", "title", "summary", "at"}
    assert titles()[0].startswith("the log's key changes to ")
    assert monitor("--newest", "2", "--link", "https://record.example/log").code == 0
    assert len(titles()) == 2
    assert "https://record.example/log/tile/entries/000" in Path("feed.atom").read_text()


def test_a_log_on_a_static_server(log: FolderLog, licet: Command, here: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    log.append(ENTRIES[:300])
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(here / "log")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        place = f"http://127.0.0.1:{server.server_port}/"
        said = licet("monitor", place, "--policy", "policy", "--state", "seen", "--feed", "feed.atom")
        assert (said.code, "300 entries, read whole" in said.out) == (0, True)
        assert f'href="{place}tile/entries/000"' in Path("feed.atom").read_text()
    finally:
        server.shutdown()
        server.server_close()
    away = licet("monitor", place, "--policy", "policy", "--state", "seen")
    assert away.code == 1
    assert "alarm: unreachable" in away.out


def test_a_fork_ends_with_1_and_both_checkpoints(log: FolderLog, monitor: Callable[..., Said], here: Path) -> None:
    log.append(ENTRIES[:300])
    assert monitor().code == 0
    remembered = log.checkpoint()
    shutil.rmtree(here / "log")
    forked = FolderLog(here / "log", here / "lock2", here / "staging2", LOG)
    forked.create()
    forked.append(ENTRIES[1:400])
    for _ in range(2):
        said = monitor("--follow", "1s")
        assert said.code == 1
        assert "alarm: fork: the tree of 399 entries does not begin with that of 300" in said.out
        assert "what to do: keep both checkpoints" in said.out
        kept = sorted((here / "seen" / EVIDENCE).iterdir())
        assert [path.read_bytes() for path in kept] == [remembered, forked.checkpoint()]
        assert all(str(path.relative_to(here)) in said.out for path in kept)
    tree = monitor("--json").tree
    assert tree["size"] == 300
    assert [each["alarm"] for each in tree["alarms"]] == ["fork"]
    assert len(tree["alarms"][0]["evidence"]) == 2


def test_a_restored_backup_has_shrunk(log: FolderLog, monitor: Callable[..., Said], here: Path) -> None:
    log.append(ENTRIES[:5])
    shutil.copy(here / "log" / "checkpoint", here / "old")
    log.append(ENTRIES[5:9])
    assert monitor().code == 0
    shutil.copy(here / "old", here / "log" / "checkpoint")
    said = monitor()
    assert said.code == 1
    assert "alarm: shrunk: it had 9 entries, and now it is shown with 5: an older state of it" in said.out


def test_a_signature_by_somebody_else_a_damaged_file_and_nothing_at_all(
    log: FolderLog, monitor: Callable[..., Said], here: Path
) -> None:
    log.append(ENTRIES[:5])
    (here / "policy").write_text(f"log {signer_from(LOG.key.name, KeyKind.LOG, b'?' * 32).key}\nquorum none\n")
    said = monitor()
    assert said.code == 1
    assert "alarm: refused: the policy refuses its checkpoint: not signed by the log" in said.out
    assert "nothing is known of this log yet" in said.out
    assert not (here / "feed.atom").exists()
    (here / "policy").write_text(f"log {LOG.key}\nquorum none\n")
    bundle = here / "log" / "tile" / "entries" / "000.p" / "5"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"!")
    assert "alarm: damaged: its files are not those of its checkpoint: tile/entries/000.p/5: entry 4" in monitor().out
    (here / "log" / "checkpoint").unlink()
    assert "alarm: unreachable: the log gives no checkpoint" in monitor().out


def test_what_cannot_be_used_is_said(log: FolderLog, licet: Command, here: Path, monitor: Callable[..., Said]) -> None:
    assert log.origin
    (here / "bad").write_text("log\n")
    assert licet("monitor", "log", "--policy", "bad", "--state", "seen").code == 2
    assert licet("monitor", "nowhere", "--policy", "policy", "--state", "seen").code == 4
    assert licet("monitor", "log", "--policy", "policy", "--state", "seen", "--follow", "0").code == 2
    assert monitor().code == 0
    with only_monitor(here / "seen"):
        said = monitor()
    assert said.code == 4
    assert "another monitor runs" in said.err
    for content in (b"", b"[]", b'{"checkpoint":"","grown":"","news":[]}', b'{"checkpoint":1}'):
        (here / "seen" / FILE).write_bytes(content)
        said = monitor()
        assert said.code == 4
        assert "is damaged" in said.err


def test_following_it_says_what_is_new_until_something_is_wrong(log: FolderLog, here: Path) -> None:
    """As a program: it goes on while all is well, and ends with 1 on an alarm."""
    log.append(ENTRIES[:5])
    command = [sys.executable, "-m", "licet.app.main", "monitor", "log", "--policy", "policy", "--state", "seen"]
    running = subprocess.Popen([*command, "--follow", "1s"], stdout=subprocess.PIPE, text=True, cwd=here)
    try:
        assert running.stdout is not None
        assert "5 entries, read whole" in running.stdout.readline()
        log.append(ENTRIES[5:9])
        line = ""
        while "only grew" not in line:
            line = running.stdout.readline()
        assert "9 entries, only grew, from 5" in line
        path = here / "log" / "checkpoint"
        path.write_bytes(path.read_bytes().replace(b"\n9\n", b"\n8\n"))
        assert "alarm: refused" in running.stdout.read()
        assert running.wait(timeout=20) == 1
    finally:
        running.kill()
        running.wait(timeout=20)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name the logs that it cosigns"),
        (("--log", "x"), "a public key is a name, a key id and base64"),
        (("--log", str(WITNESS.key)), "is a witness's key, not a log's"),
        (("--log", str(LOG.key), "--listen", "127.0.0.1"), "is not a host and a port"),
        (("--log", str(LOG.key), "--listen", "127.0.0.1:70000"), "is not a host and a port"),
    ],
)
def test_a_witness_is_told_what_is_missing(licet: Command, arguments: tuple[str, ...], why: str) -> None:
    said = licet("witness", "--key", "key", "--state", "state", *arguments)
    assert said.code == 2
    assert why in said.err
    assert not Path("key").exists()


def test_a_witness_without_a_key_or_with_one_that_others_read(licet: Command, here: Path) -> None:
    asked: tuple[Any, ...] = ("witness", "--key", "key", "--state", "state", "--log", LOG.key)
    said = licet(*asked)
    assert said.code == 4
    assert "there is no key `key`: with `--name` one is made" in said.err
    (here / "key").write_text(WITNESS.secret + "\n")
    said = licet(*asked, "--json")
    assert said.tree["error"]["exit"] == 4
    assert "run `chmod 600 key`" in said.tree["error"]["message"]
    (here / "key").chmod(0o600)
    assert "if it has never cosigned anything, say `--new`" in licet(*asked).err
    (here / "key").write_text(LOG.secret + "\n")
    assert "is a log's, not a witness's" in licet(*asked).err
    assert "PRIVATE" not in json.dumps(licet(*asked, "--json").tree)
