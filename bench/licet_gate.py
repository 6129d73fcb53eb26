"""Licet as an operator installs it: `licet init`, `enact`, `subjects import`, `serve`; one worker, everything on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import CHAT, UPSTREAM
from bench.servers import Server, Target, running
from bench.worlds import world_files

PORT = 9920
LICET = str(Path(sys.executable).with_name("licet"))

CONFIGURATION = f"""\
listen: 127.0.0.1:{PORT}
workers: 1
officers: 1
"""

ORDER = """\
order: order-mock
issued: 2026-06-12T17:21:00-04:00
from: 2026-06-12T18:51:00-04:00
models: [mock-model]
operations: [use]
uses: {foreign_person: foreign_person@15cfr772.1}
forbids: foreign_person
"""

PEOPLE = """\
subject,kind,us_citizen,attested_by,how,level,at
first,person,true,the bench,a passport,high,2026-06-01T00:00:00Z
"""


@contextmanager
def serving(name: str, folder: Path) -> Iterator[Server]:
    """A gate in front of the upstream, with the generated world in force and an order on the model that is asked for.

    Each decision evaluates that order on the caller's facts; the caller is a citizen, so it does not apply.
    """
    home = folder / "licet"
    made = licet("--json", "init", "--upstream", f"http://127.0.0.1:{UPSTREAM.port}", "--model", UPSTREAM.model, home)
    key = json.loads(made)["key"]
    (home / "licet.yaml").write_text(CONFIGURATION)
    for file, content in {**world_files(), "order.yaml": ORDER.encode(), "people.csv": PEOPLE.encode()}.items():
        (home / file).write_bytes(content)
    config = ("--config", home / "licet.yaml")
    licet(*config, "subjects", "import", home / "people.csv")
    licet(*config, "enact", "--yes", home / "world.yaml", home / "order.yaml")
    target = Target(name, PORT, CHAT, {"authorization": f"Bearer {key}"}, UPSTREAM.model)
    command = [LICET, "--config", str(home / "licet.yaml"), "serve"]
    with running(target, command, folder / "licet.log") as server:
        yield server


def licet(*arguments: str | Path) -> str:
    """Run a command to its end; what it printed. Raises RuntimeError with what it said where it failed."""
    done = subprocess.run([LICET, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(
            f"licet {' '.join(map(str, arguments))}: status {done.returncode}: {done.stdout}{done.stderr}"
        )
    return done.stdout
