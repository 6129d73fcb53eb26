"""The process that lets clocks of cases run out and sends letters: killed, beside another, after a jump."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller
from tests.services.cases_world import NOW, court

from licet.adapters.pace_file import FILE, PaceFile
from licet.adapters.secret import create_secret
from licet.adapters.store import SqlStore, create_store, open_store
from licet.adapters.workers import LocalWorkers
from licet.app.clocks import Clocks, mailer_of
from licet.app.config import Config, load
from licet.app.serve import ClocksMissing, check_clocks
from licet.services.cases.pace import Pace

CONTACT = {"contact": "ann@acme.example"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with two cases that have long been due."""
    with closing(create_store(tmp_path / ".licet", NOW)) as store:
        at = court(store, look_at="https://licet.example/cases")
        at.now = datetime.now(UTC) - timedelta(days=4)
        at.open(at.new("a", fields=CONTACT), at.new("b"))
    create_secret(tmp_path / ".licet", lambda count: b"s" * count)
    (tmp_path / "licet.yaml").write_text("workers: 1\nlisten: 127.0.0.1:0\n")
    return tmp_path


@pytest.fixture
def config(home: Path) -> Config:
    """Its configuration."""
    return load(home / "licet.yaml")


@pytest.fixture
def store(config: Config) -> Iterator[SqlStore]:
    """Its store."""
    with closing(open_store(config.state, NOW)) as made:
        yield made


def entries(store: SqlStore, case: str = "C-1") -> list[str]:
    found = store.case(case)
    assert found is not None
    return [each.event for each in found.entries]


def until(holds: Any, seconds: float = 60.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.05)


def started(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "licet.app.clocks", str(home / "licet.yaml")])


def test_two_processes_of_which_one_is_killed_enter_everything_once(home: Path, store: SqlStore) -> None:
    first, second = started(home), started(home)
    until(lambda: entries(store) == entries(store, "C-2") == ["file", "ran out"])
    first.kill()
    first.wait()
    third = started(home)
    time.sleep(2)
    for each in (second, third):
        assert each.poll() is None
        each.send_signal(signal.SIGTERM)
        each.wait(10)
    assert entries(store) == entries(store, "C-2") == ["file", "ran out"]


def test_after_a_jump_nothing_runs_out_until_somebody_says_that_the_clock_is_right(
    config: Config, store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    pace = PaceFile(config.state).look()
    before = Pace(pace.boot, pace.wall - 3600, pace.ahead - 3600)
    (config.state / FILE).write_bytes(msgspec.json.encode(before))
    clocks = Clocks(config, store, None)
    assert clocks.once() == ()
    assert clocks.once() == ()
    assert entries(store) == ["file"]
    assert capsys.readouterr().err.count("the wall clock jumped") == 1
    assert Clocks(config, store, None).once() == ()  # a restart forgets no jump
    PaceFile(config.state).confirm()
    assert [each.case for each in clocks.once()] == ["C-1", "C-2"]
    assert (config.state / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("torn", ["", "{", '{"boot": 1}'])
def test_a_pace_that_cannot_be_read_counts_as_a_jump(config: Config, store: SqlStore, torn: str) -> None:
    (config.state / FILE).write_text(torn)
    assert Clocks(config, store, None).once() == ()
    assert not PaceFile(config.state).look().is_steady
    PaceFile(config.state).confirm()
    assert len(Clocks(config, store, None).once()) == 2


def test_without_a_pace_this_is_the_first_look(config: Config, store: SqlStore) -> None:
    assert not (config.state / FILE).exists()
    assert len(Clocks(config, store, None).once()) == 2


def test_without_cases_a_round_costs_nothing_and_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "licet.yaml").write_text("")
    with closing(create_store(tmp_path / ".licet", NOW)) as store:
        clocks = Clocks(load(tmp_path / "licet.yaml"), store, None)
        assert clocks.once() == ()
        assert store.head() == 0


class Desk:
    """What arrives at a mail server."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - so aiosmtpd calls it
        head = envelope.content.decode()
        self.names += [line for line in head.splitlines() if line.startswith("Message-ID")]
        return "250 taken"


def test_letters_wait_for_a_server_that_is_down(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mail = f"{{host: 127.0.0.1, port: {port}, security: none, from: cases@licet.example, look_at: 'https://l.example'}}"
    (home / "licet.yaml").write_text(f"mail: {mail}\n")
    config = load(home / "licet.yaml")
    with closing(open_store(config.state, NOW)) as store:
        mailer = mailer_of(config.mail, "https://l.example", {})
        waiting = len(store.letters(unsent=True))
        Clocks(config, store, mailer).once()
        assert "a letter was not sent: C-1.1.1: the mail server 127.0.0.1:" in capsys.readouterr().err
        assert len(store.letters(unsent=True)) == waiting == 1
        desk = Desk()
        server = Controller(desk, hostname="127.0.0.1", port=port)
        server.start()
        try:
            Clocks(config, store, mailer).once()
            Clocks(config, store, mailer).once()
        finally:
            server.stop()
        assert len(desk.names) == 1
        assert store.letters(unsent=True) == ()


def test_letters_need_the_password_that_is_set(home: Path) -> None:
    mail = "{host: mx.example, from: cases@licet.example, look_at: 'https://l.example', user: u, password_env: SECRET}"
    (home / "licet.yaml").write_text(f"mail: {mail}\n")
    config = load(home / "licet.yaml")
    with pytest.raises(ClocksMissing, match="the environment has no `SECRET`"):
        check_clocks(config, {})
    check_clocks(config, {"SECRET": "x"})


def test_serve_starts_the_clocks_again_when_they_die(home: Path, store: SqlStore) -> None:
    command = [sys.executable, "-m", "licet.app.main", "--config", str(home / "licet.yaml"), "serve"]
    gate = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        until(lambda: entries(store) == ["file", "ran out"])
        (clocks,) = _children(gate.pid, "licet.app.clocks")
        time.sleep(1.1)
        os.kill(clocks, signal.SIGKILL)
        until(lambda: [each for each in _children(gate.pid, "licet.app.clocks") if each != clocks])
        assert entries(store) == ["file", "ran out"]
    finally:
        gate.terminate()
        _, said = gate.communicate(timeout=60)
    assert gate.returncode == 0
    assert b"clocks ended with status -9; starting it again" in said


def test_in_a_scenario_the_workers_say_what_time_it_is_and_without_them_nothing_runs_out(
    home: Path, store: SqlStore
) -> None:
    began = datetime.now(UTC) - timedelta(days=4)
    settings = f"workers: 1\nlisten: 127.0.0.1:0\nclock: scenario\nclock_from: {began.isoformat()}\n"
    (home / "licet.yaml").write_text(settings)
    config = load(home / "licet.yaml")
    clocks = Clocks(config, store, None)
    assert clocks.once() == ()  # by the wall clock both cases have long been due
    command = [sys.executable, "-m", "licet.app.main", "--config", str(home / "licet.yaml"), "serve"]
    gate = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        workers = LocalWorkers(config.state / "workers")
        until(lambda: any(isinstance(each, dict) for each in workers.status(timeout=2.0)))
        assert clocks.once() == ()
        assert entries(store) == ["file"]
        for at in (timedelta(days=3, hours=23), timedelta(), timedelta(days=3, hours=23)):  # a jump is no error there
            workers.set_clock(began + at, timeout=5.0)
        until(lambda: entries(store) == entries(store, "C-2") == ["file", "ran out"])
    finally:
        gate.terminate()
        gate.communicate(timeout=60)
    assert clocks.once() == ()
    assert entries(store) == entries(store, "C-2") == ["file", "ran out"]


def _children(parent: int, module: str) -> list[int]:
    """The processes that a process started with this module."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(each) for each in found if module in Path(f"/proc/{each}/cmdline").read_text()]
