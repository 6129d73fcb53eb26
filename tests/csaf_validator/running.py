"""The CSAF validator of Secvisogram (npm) as a program: OASIS's schema and the tests of CSAF 2.0."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "scenarios" / "csaf-validator"
PLACE = Path(sys.prefix) / "csaf-validator"
FILES = ("package.json", "package-lock.json", "validate.mjs")
INSTALL_SECONDS, RUN_SECONDS = 180, 120


class NoValidator(Exception):
    """It cannot be had on this machine, and why."""


@cache
def installed() -> Path:
    """A folder with the validator and all that it needs, installed if it is not there yet. Raises `NoValidator`."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NoValidator("there is no node or no npm here")
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES)).hexdigest()
    folder = PLACE / digest[:16]
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not folder.exists():
            _install(npm, folder)
    return folder


def _install(npm: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=PLACE) as made:
        for name in FILES:
            shutil.copy(SOURCE / name, made)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        try:
            done = subprocess.run(command, cwd=made, capture_output=True, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise NoValidator("`npm ci` did not end in time") from None
        if done.returncode != 0:
            raise NoValidator(f"`npm ci` failed: {done.stderr.decode(errors='replace')[-300:]}")
        shutil.copytree(made, folder, symlinks=True)


def validated(documents: Sequence[Any]) -> list[Any]:
    """For each document: the names of the `tests`, whether it is `valid`, its `errors`, and `advice`.

    Raises `NoValidator`.
    """
    done = subprocess.run(
        ["node", "validate.mjs"],
        cwd=installed(),
        input=json.dumps(documents).encode(),
        capture_output=True,
        timeout=RUN_SECONDS,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found
