"""A log that any static file server gives away is verified as one in a folder is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.record.june_log import sealed
from tests.record.signed_log import log_of
from tests.record.small_log import POLICY_TEXT

if TYPE_CHECKING:
    from tests.cli.conftest import Command


class Quiet(SimpleHTTPRequestHandler):
    """The standard library's file server, without its lines on the standard error."""

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_log_behind_a_static_server_verifies_until_one_byte_of_it_changes(licet: Command, here: Path) -> None:
    files, checkpoint = log_of(sealed().entries)
    for path, content in {**files, "checkpoint": checkpoint}.items():
        (here / "log" / path).parent.mkdir(parents=True, exist_ok=True)
        (here / "log" / path).write_bytes(content)
    (here / "policy.txt").write_bytes(POLICY_TEXT)
    with served(here / "log") as url:
        said = licet("verify", "log", url, "--policy", "policy.txt", "--json")
        assert (said.code, said.tree["verdict"]) == (0, "verified"), said.out
        bundle = min(path for path in (here / "log" / "tile" / "entries").rglob("*") if path.is_file())
        changed = bytearray(bundle.read_bytes())
        changed[len(changed) // 2] ^= 1
        bundle.write_bytes(changed)
        said = licet("verify", "log", url, "--policy", "policy.txt", "--json")
        assert (said.code, said.tree["verdict"]) == (1, "refused")
        assert said.tree["findings"][0]["place"].startswith("tile/entries/")
        (here / "log" / "checkpoint").unlink()
        said = licet("verify", "log", url, "--policy", "policy.txt", "--json")
        assert said.code != 0
        assert "checkpoint" in said.out
