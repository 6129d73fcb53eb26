"""`licet record serve` and `licet record relock`, as an operator meets them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from licet.record.log.entries import Acknowledged
from licet.record.log.entry_spelling import encode
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.spelling import to_base64

if TYPE_CHECKING:
    from tests.cli.conftest import Command

LICET = str(Path(sys.executable).with_name("licet"))
LOG = Path(".licet/record")


def begun(licet: Command) -> bytes:
    """A published log; its checkpoint."""
    for command in (("keys", "log"), ("record", "publish")):
        said = licet(*command)
        assert said.code == 0, said.err
    return (LOG / "checkpoint").read_bytes()


def test_there_is_nothing_to_serve_before_the_log_begins(installed: Command) -> None:
    said = installed("record", "serve", "--listen", "127.0.0.1:0")
    assert said.code == 4
    assert "`licet record publish` begins it" in said.err


def test_it_serves_takes_entries_and_ends(installed: Command, here: Path) -> None:
    checkpoint = begun(installed)
    token = here / "token"
    token.touch(0o600)
    token.write_text("a-token-of-enough-characters\n")
    command = [LICET, "record", "serve", "--json", "--listen", "127.0.0.1:0", "--append-token-file", str(token)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["folder"] == str(here / LOG)
        assert told["appends"]
        with urlopen(f"{told['url']}/checkpoint", timeout=10) as answer:
            assert answer.read() == checkpoint
        headers = {
            "authorization": "Bearer a-token-of-enough-characters",
            "content-type": "application/octet-stream",
        }
        entry = encode(Acknowledged(1, "elsewhere", datetime(2026, 7, 1, tzinfo=UTC)))
        with urlopen(Request(f"{told['url']}/entries", entry, headers), timeout=10) as answer:
            size = read_checkpoint(checkpoint).checkpoint.head.size
            assert json.load(answer) == {"index": size, "published": True}
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")
    finally:
        process.kill()
    assert read_checkpoint((LOG / "checkpoint").read_bytes()).checkpoint.head.size == size + 1


def test_a_token_that_others_can_read_is_refused(installed: Command, here: Path) -> None:
    begun(installed)
    (here / "token").write_text("a-token-of-enough-characters")
    (here / "token").chmod(0o644)
    said = installed("record", "serve", "--listen", "127.0.0.1:0", "--append-token-file", "token")
    assert said.code == 4
    assert "chmod 600" in said.err


def test_a_lost_lock_store_is_made_again(installed: Command) -> None:
    checkpoint = begun(installed)
    Path("kept").write_bytes(checkpoint)
    shutil.rmtree(".licet/record-lock")
    said = installed("record", "publish")
    assert said.code == 4
    assert "record-log.md" in said.err
    head = read_checkpoint(checkpoint).checkpoint.head
    said = installed("--json", "record", "relock", "--checkpoint", "kept")
    assert said.code == 0, said.err
    assert said.tree["size"] == head.size
    assert said.tree["root"] == to_base64(head.root)
    assert installed("record", "publish").code == 0
    assert installed("record", "relock", "--checkpoint", "nowhere").code == 2
