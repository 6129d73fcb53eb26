"""The certified npm `oidc-provider` as a process on loopback, installed once below the virtual environment."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
PLACE = Path(sys.prefix) / "oidc-provider"
SECONDS = 90


class NoProvider(Exception):
    """It cannot be had on this machine, and why."""


def installed() -> Path:
    """A folder with the provider and all that it needs, installed if it is not there yet. Raises `NoProvider`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NoProvider("there is no node or no npm here")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = PLACE / hashlib.sha256(lock).hexdigest()[:16]
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not folder.exists():
            _install(npm, folder)
    shutil.copy(HERE / "server.mjs", folder / "server.mjs")
    return folder


def _install(npm: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=PLACE) as made:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, made)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"]
        try:
            done = subprocess.run(command, cwd=made, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise NoProvider("`npm ci` did not end in time") from None
        if done.returncode != 0:
            raise NoProvider(f"`npm ci` failed: {done.stderr.decode(errors='replace')[-300:]}")
        shutil.copytree(made, folder, symlinks=True)


class OidcProvider:
    """One provider, which runs until `stop`."""

    def __init__(self, folder: Path, clients: list[dict[str, Any]], **options: Any) -> None:
        command = ["node", "server.mjs", json.dumps({"clients": clients, **options})]
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the provider did not start"
        self.issuer: str = json.loads(line)["issuer"]
        self._http = httpx.Client(base_url=self.issuer, trust_env=False, timeout=20)

    def set(self, **state: Any) -> None:
        """Accounts with their claims (`accounts`), who is signed in (`login`), what is wrong (`tamper`)."""
        self._http.post("/test/set", json=state).raise_for_status()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is gone."""
        self._http.post("/test/rotate").raise_for_status()

    def log_out(self, client: str, account: str) -> None:
        """Tell a client that an account's session is over."""
        answer = self._http.post("/test/logout", json={"client": client, "account": account})
        assert answer.status_code == 200, answer.text

    def seen(self) -> dict[str, int]:
        """How often each path was asked for."""
        found: dict[str, int] = self._http.get("/test/seen").json()
        return found

    def stop(self) -> None:
        """End it."""
        self._http.close()
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
