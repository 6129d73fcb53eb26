"""The real program: in a pipe, on a pseudo-terminal, against a real gate, and with everything that can be wrong."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.ports import free_port

from licet.adapters.store import open_store
from licet.adapters.workers import LocalWorkers
from licet.app.world import HostWorld

if TYPE_CHECKING:
    from tests.cli.conftest import Command

LICET = [sys.executable, "-m", "licet.app.main"]
ORDER = (
    "order: stop\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\nmodels: [small]\nforbids: not us_citizen\n"
)


def program(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LICET, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
        **options,
    )


def on_a_terminal(
    *arguments: str, typed: str = "", columns: int = 80, meanwhile: Callable[[], object] = int
) -> tuple[int, str]:
    """Run the program on a pseudo-terminal: its exit code and all that it wrote there.

    `typed` answers its question, after `meanwhile` was called.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(columns), LINES="40")
        os.environ.pop("NO_COLOR", None)
        os.execv(sys.executable, [*LICET, *arguments])
    written, deadline, asked, again = b"", time.monotonic() + 60, False, 0.0
    with contextlib.suppress(OSError):
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                if asked and time.monotonic() >= again:
                    # a signal just before the program begins to read does not wake it: a person presses again, but
                    # not while it is ending, which takes seconds where much else runs
                    again = time.monotonic() + 15
                    os.write(terminal, typed.encode())
                continue
            part = os.read(terminal, 65536)
            if not part:
                break
            written += part
            if typed and not asked and b"[y/N]" in written:
                asked, again = True, time.monotonic() + 15
                meanwhile()
                os.write(terminal, typed.encode())
    if time.monotonic() >= deadline:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), written.decode()


def without_codes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


@contextlib.contextmanager
def gate(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running gate with two workers, ended in order."""
    process = subprocess.Popen([*LICET, "serve"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 40
        while len(list((folder / ".licet" / "workers").glob("*.json"))) < 2:
            assert process.poll() is None, "the gate ended"
            assert time.monotonic() < deadline, "the workers did not register"
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


@pytest.fixture
def own_port(installed: Command, here: Path) -> None:
    port = free_port()
    configuration = here / "licet.yaml"
    configuration.write_text(configuration.read_text().replace(":8080", f":{port}"))


def test_in_a_pipe_it_is_plain_and_whole(june: Command) -> None:
    done = program("rulebook", "--all")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "ends us-doc-2026-06-12, us-doc-2026-06-26\n" in done.stdout, "on one line, not wrapped"
    assert not [line for line in done.stdout.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_terminal_it_is_in_colour_and_fits(june: Command, columns: int) -> None:
    code, text = on_a_terminal("rulebook", "--all", columns=columns)
    assert code == 0
    assert "\x1b[1;31m" in text, "an order stands out"
    assert max(map(len, without_codes(text).splitlines())) <= columns


def test_enact_asks_on_a_terminal(installed: Command) -> None:
    Path("o.yaml").write_text(ORDER)
    code, text = on_a_terminal("enact", "o.yaml", typed="n\n")
    assert code == 1
    assert "enact 1 document as epoch 2? [y/N]" in text
    assert "nothing was enacted" in text
    assert installed("status", "--json").tree["epoch"] == 1
    code, text = on_a_terminal("enact", "o.yaml", typed="y\n")
    assert (code, "enacted as epoch 2" in text) == (0, True)
    code, text = on_a_terminal("lift", "stop", "--yes", "--actor", "ann")
    assert (code, "[y/N]" in text, "enacted as epoch 3" in text) == (6, False, False)
    (waits,) = installed("status", "--json").tree["waiting"]
    code, text = on_a_terminal("approve", waits, "--actor", "ben", typed="n\n")
    assert code == 1
    assert f"approve {waits} and enact it as epoch 3? [y/N]" in " ".join(without_codes(text).split())
    assert "the proposal is still open" in text
    code, text = on_a_terminal("approve", waits, "--actor", "ben", typed="y\n")
    assert (code, "enacted as epoch 3" in text, "proposed by ann, approved by ben" in text) == (0, True, True)


def test_a_proposal_is_asked_about_on_a_terminal(installed: Command) -> None:
    Path("open.yaml").write_text(
        ORDER.replace("order: stop", "release: more\noperations: [tune]").replace("forbids: not", "to:")
    )
    code, text = on_a_terminal("enact", "open.yaml", typed="n\n")
    assert code == 1
    assert "propose 1 document to a second officer? [y/N]" in text
    assert installed("proposals", "--json").tree["proposals"] == []
    code, text = on_a_terminal("enact", "open.yaml", typed="y\n")
    assert code == 6
    assert "it needs a second officer: licet approve p-" in text


def test_who_was_overtaken_is_told_and_nothing_of_it_is_enacted(installed: Command, here: Path) -> None:
    Path("mine.yaml").write_text(ORDER.replace("stop", "mine"))
    Path("rival.yaml").write_text(ORDER.replace("stop", "rival"))
    code, text = on_a_terminal("enact", "mine.yaml", typed="y\n", meanwhile=lambda: installed("enact", "rival.yaml"))
    assert code == 4
    message = "error: nothing of this was enacted: epoch 2 is in force, not 1: somebody else enacted"
    assert message in " ".join(without_codes(text).split())
    assert "rival" in [each["name"] for each in installed("status", "--json").tree["in_force"]]
    store = open_store(here / ".licet", HostWorld().now())
    assert [each.epoch for each in store.enactments()] == [1, 2]
    assert not [each for each in store.documents() if each.name == "mine"]
    store.close()
    assert installed("enact", "mine.yaml").code == 0


def test_interrupted_at_the_question(installed: Command) -> None:
    Path("o.yaml").write_text(ORDER)
    code, text = on_a_terminal("enact", "o.yaml", typed="\x03")
    assert code == 130
    assert "Traceback" not in text


def test_a_reader_that_leaves_early(june: Command) -> None:
    done = subprocess.run(
        f"{sys.executable} -m licet.app.main subjects list | head -n 1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split()[-1] == "0"
    assert done.stderr == ""


def test_text_cannot_steer_a_terminal(installed: Command) -> None:
    Path("o.yaml").write_text(ORDER.replace("order: stop", 'order: stop\nissuer: "\\e[2J\\e]0;owned\\a"'))
    assert installed("enact", "o.yaml").code == 0
    for text in (
        on_a_terminal("explain", "-s", "first", "-m", "small")[1],
        program("explain", "-s", "first", "-m", "small").stdout,
    ):
        assert "\x1b[2J" not in text
        assert "\\x1b[2J" in text


def test_an_enactment_reaches_a_running_gate(installed: Command, by_two: Command, here: Path, own_port: None) -> None:
    Path("o.yaml").write_text(ORDER)
    with gate(here):
        said = installed("enact", "o.yaml")
        assert said.code == 0
        assert re.search(r"^in force on 2/2 after \d+\.\d\d s$", said.out, re.MULTILINE)
        Path("o2.yaml").write_text(ORDER.replace("stop", "later").replace("from: 2026", "from: 2100"))
        assert re.search(r"^known to 2/2 after", installed("enact", "o2.yaml").out, re.MULTILINE)
        key = installed("keys", "create", "first", "--json").tree
        assert key["workers"]["running"] == len(key["workers"]["acknowledged"]) == 2
        assert "in force on 2/2 after" in installed("keys", "revoke", key["id"], "--reason", "test").out
        workers = installed("status", "--json").tree["workers"]
        assert [(each["epoch"], each["enforces"]) for each in workers] == [(3, True), (3, True)]
        second = program("serve")
        assert second.returncode == 4
        assert "another gate (process" in second.stderr
        assert "in force on 2/2" in by_two("lift", "stop").out, "the second one took nothing away"
    assert "no gate is running" in installed("keys", "create", "first").out


def test_now_is_the_gates_time_where_a_scenario_sets_it(
    june: Command, by_two: Command, here: Path, own_port: None
) -> None:
    with (here / "licet.yaml").open("a") as configuration:
        configuration.write("clock: scenario\n")
    with gate(here):
        acks = LocalWorkers(here / ".licet" / "workers").set_clock(
            datetime.fromisoformat("2026-06-20T12:00:00-04:00"), timeout=10
        )
        assert len(acks) == 2
        assert june("status", "--json").tree["now"].startswith("2026-06-20T16:0")
        assert june("decide", "-s", "jean", "-m", "fable-5", "--json").tree["outcome"] == "substitute"
        said = by_two("lift", "us-doc-2026-06-12", "--json")
        assert said.tree["at"].startswith("2026-06-20T16:0")
        assert june("decide", "-s", "jean", "-m", "fable-5", "--json").tree["outcome"] == "serve"


def test_a_worker_that_hangs_is_named(installed: Command, here: Path, own_port: None) -> None:
    Path("o.yaml").write_text(ORDER)
    with gate(here):
        pid = json.loads((here / ".licet" / "workers" / "w1.json").read_bytes())["pid"]
        os.kill(pid, signal.SIGSTOP)
        try:
            said = installed("enact", "o.yaml", "--timeout", "0.5")
            status = installed("status", "--timeout", "0.3")
            machine = installed("keys", "create", "first", "--timeout", "0.3", "--json")
        finally:
            os.kill(pid, signal.SIGCONT)
    assert said.code == 5
    assert "in force on 1/2 after" in said.out
    assert f"worker w1 has not acknowledged: its process {pid} runs and did not answer in time" in said.out
    assert (status.code, "did not answer in time" in status.out) == (0, True)
    assert (machine.code, machine.tree["workers"]["silent"][0]["worker"]) == (5, "w1")


def test_the_help_is_there_at_once_and_loads_no_database() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "licet.app.main", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "Exit codes:" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "licet.cli.root" in loaded
    assert not loaded & {"sqlalchemy", "aiohttp", "asyncio", "uvicorn", "licet.cli.enact", "licet.app.gate"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda here: (here / "licet.yaml").unlink(),
            "no configuration at `licet.yaml` (No such file or directory): run",
        ),
        (lambda here: (here / "licet.yaml").write_text("lisen: x\n"), "licet.yaml:1:1: unknown setting `lisen`"),
        (lambda here: (here / "licet.yaml").write_text("a: [\n"), "licet.yaml:2:1:"),
        (lambda here: (here / ".licet" / "licet.db").unlink(), "run `licet init` first"),
        (lambda here: (here / ".licet" / "licet.db").chmod(0o644), "open to others"),
        (lambda here: (here / ".licet" / "licet.db").write_bytes(b"not a database" * 100), "not a database"),
    ],
)
def test_a_broken_installation_is_told(installed: Command, here: Path, change: Any, message: str) -> None:
    change(here)
    done = program("status")
    assert done.returncode == 4
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    error = json.loads(program("status", "--json").stdout)["error"]
    assert error["exit"] == 4
    for command in (("enact", "rulebook"), ("keys", "list"), ("subjects", "list"), ("serve",)):
        said = installed(*command)
        assert (said.code, message in said.err) == (4, True)


def test_without_the_secret_no_key_is_made(installed: Command, here: Path) -> None:
    (here / ".licet" / "secret").unlink()
    for command in (("keys", "create", "first"), ("serve",)):
        said = installed(*command)
        assert said.code == 4
        assert "there is no secret" in said.err


def test_an_address_that_is_taken(installed: Command, here: Path, own_port: None) -> None:
    port = int(re.findall(r":(\d+)\n", (here / "licet.yaml").read_text())[0])
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        done = program("serve")
    assert done.returncode == 4
    assert f"cannot serve on 127.0.0.1:{port} (Address already in use)" in done.stderr


def test_another_configuration_by_option_and_variable(installed: Command, here: Path) -> None:
    (here / "elsewhere").mkdir()
    path = here / "licet.yaml"
    assert program("--config", path, "status", cwd=here / "elsewhere").returncode == 0
    assert program("status", cwd=here / "elsewhere", env={**os.environ, "LICET_CONFIG": str(path)}).returncode == 0
    assert program("status", cwd=here / "elsewhere").returncode == 4
    assert program("--config", "gone.yaml", "check", here / "rulebook").returncode == 4, "named, so it must exist"
