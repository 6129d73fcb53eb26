"""A certified OpenID provider, npm's `oidc-provider`, as a process on loopback: for the demonstration and the tests."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

PLACE = Path(sys.prefix) / "oidc-provider"
"""Where it is installed, once for each list of locked versions."""

PACKAGE = ("package.json", "package-lock.json")
SERVER = "server.mjs"
INSTALL_SECONDS = 180
STOP_SECONDS = 10


class NoProvider(Exception):
    """It cannot be had on this machine, and why."""


def installed(source: Path) -> Path:
    """A folder with the provider and all that it needs, installed if it is not there yet. Raises `NoProvider`.

    `source` holds the locked versions and the program that runs the provider.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NoProvider("there is no node or no npm here")
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in (*PACKAGE, SERVER))).hexdigest()
    folder = PLACE / digest[:16]
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not folder.exists():
            _install(npm, source, folder)
    return folder


def _install(npm: str, source: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=PLACE) as made:
        for name in (*PACKAGE, SERVER):
            shutil.copy(source / name, made)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        try:
            done = subprocess.run(command, cwd=made, capture_output=True, timeout=INSTALL_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise NoProvider("`npm ci` did not end in time") from None
        if done.returncode != 0:
            raise NoProvider(f"`npm ci` failed: {done.stderr.decode(errors='replace')[-300:]}")
        shutil.copytree(made, folder, symlinks=True)


def office_client(office: str, client_id: str) -> dict[str, Any]:
    """The office at this address, as a client that a provider knows; how it shows who it is, is still to be said."""
    return {
        "client_id": client_id,
        "redirect_uris": [f"{office}/sign-in/callback"],
        "backchannel_logout_uri": f"{office}/sign-in/logout",
    }


class OidcProvider:
    """One provider, which runs until `stop`."""

    def __init__(self, folder: Path, clients: Sequence[Mapping[str, Any]], **options: Any) -> None:
        node = shutil.which("node")
        if node is None:
            raise NoProvider("there is no node here")
        command = [node, SERVER, json.dumps({"clients": clients, **options})]
        self._process = subprocess.Popen(  # noqa: S603 - our own program, without a shell
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line:
            raise NoProvider("the provider did not start")
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
        self._http.post("/test/logout", json={"client": client, "account": account}).raise_for_status()

    def seen(self) -> dict[str, int]:
        """How often each path was asked for."""
        found: dict[str, int] = self._http.get("/test/seen").json()
        return found

    def stop(self) -> None:
        """End it."""
        self._http.close()
        if self._process.poll() is None and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
