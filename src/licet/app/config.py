"""The configuration `licet.yaml`, read strictly into a frozen value; `spec/configuration.md` has every setting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from licet.adapters.log import LEVELS
from licet.core.errors import LicetError
from licet.core.errors import Path as Keys
from licet.gate.limits import Limits
from licet.wire import yaml
from licet.wire.yaml import YamlDocument, YamlRejectedError

NAME = "licet.yaml"


class ConfigurationRejected(LicetError):
    """A configuration that is not there or not in order, with every problem: `file:line:column: message`."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


class ClockKind(StrEnum):
    """Which clock the gate goes by: the system's, or one that a demonstration sets."""

    SYSTEM = "system"
    SCENARIO = "scenario"


@dataclass(frozen=True, slots=True)
class Listen:
    """The address on which the gate listens; port 0 is any free one."""

    host: str = "127.0.0.1"
    port: int = 8080

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that an operator sets. `file` is the configuration itself; `state` is an absolute path.

    `max_rulebook_age` is in seconds: how long the gate goes on serving without a word from its store. `officers` is how
    many an enactment needs that may widen access.
    """

    file: Path
    state: Path
    listen: Listen = field(default_factory=Listen)
    workers: int = 2
    max_rulebook_age: int = 300
    officers: int = 2
    limits: Limits = field(default_factory=Limits)
    public_url: str = "http://127.0.0.1:8080"
    appeal: str | None = None
    verify: str | None = None
    clock: ClockKind = ClockKind.SYSTEM
    otlp_endpoint: str | None = None
    log_level: str = "info"


class _Wrong(Exception):
    """A value that a setting does not take; the text says what is allowed."""


def load(path: Path) -> Config:
    """The configuration in a file. Raises `ConfigurationRejected`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationRejected(
            (f"no configuration at `{path}` ({error.strerror}): run `licet init`, or name one with `--config`",)
        ) from error
    return read(path, content)


def read(path: Path, content: bytes) -> Config:
    """The configuration in the bytes of the file `path`. Raises `ConfigurationRejected`."""
    try:
        documents = yaml.read(str(path), content)
    except YamlRejectedError as error:
        raise ConfigurationRejected((str(error),)) from error
    if len(documents) > 1:
        place = documents[1].place(())
        raise ConfigurationRejected((f"{place}: a second document; a configuration is one",))
    found = _Found(documents[0]) if documents else None
    values = found.settings(SETTINGS, (), documents[0].tree) if found else {}
    if found and found.problems:
        raise ConfigurationRejected(tuple(found.problems))
    return _config(path, values)


def _config(path: Path, values: dict[str, Any]) -> Config:
    state = path.parent.joinpath(values.pop("state", ".licet")).absolute()
    limits = Limits(**values.pop("limits", {}))
    telemetry, log = values.pop("telemetry", {}), values.pop("log", {})
    listen = values.get("listen", Listen())
    values.setdefault("public_url", f"http://{listen}")
    return Config(
        file=path,
        state=state,
        limits=limits,
        otlp_endpoint=telemetry.get("otlp_endpoint"),
        log_level=log.get("level", "info"),
        **values,
    )


class _Found:
    """A document that is read against a table of settings, and what was found wrong with it."""

    def __init__(self, document: YamlDocument) -> None:
        self.problems: list[str] = []
        self._document = document

    def settings(self, table: Mapping[str, Reader], above: Keys, tree: Any) -> dict[str, Any]:
        """The values of one mapping of settings; what is wrong is reported and left out."""
        if not isinstance(tree, dict):
            self._report(above, f"`{tree}` is not allowed here; allowed: settings by name")
            return {}
        values: dict[str, Any] = {}
        for name, value in tree.items():
            path = (*above, name)
            reader = table.get(name)
            if reader is None:
                allowed = ", ".join(f"`{each}`" for each in table)
                self._report(path, f"unknown setting `{'.'.join(map(str, path))}`; there are {allowed}", at_key=True)
            elif isinstance(reader, Mapping):
                values[name] = self.settings(reader, path, value)
            else:
                try:
                    values[name] = reader(value)
                except _Wrong as wrong:
                    shown = "nothing" if value is None else f"`{str(value).lower() if value in _BOOLEANS else value}`"
                    self._report(path, f"{shown} is not allowed here; allowed: {wrong}")
        return values

    def _report(self, path: Keys, message: str, *, at_key: bool = False) -> None:
        self.problems.append(f"{self._document.place(path, at_key=at_key)}: {message}")


_BOOLEANS = (True, False)


def _whole(smallest: int, largest: int) -> Callable[[Any], int]:
    def read_whole(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value <= largest:
            raise _Wrong(f"a whole number from {smallest} to {largest}")
        return value

    return read_whole


def _listen(value: Any) -> Listen:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found["port"]) > 65535:
        raise _Wrong("an address and a port, as in `127.0.0.1:8080` or `[::1]:8080`")
    return Listen(found["six"] or found["host"], int(found["port"]))


_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})", re.ASCII)


def _url(value: Any) -> str:
    if isinstance(value, str) and value.isascii() and value.isprintable() and not set(value) & set(' <>"'):
        try:
            parts = urlsplit(value)
            sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:  # brackets or a port that are none
            sound = False
        if sound:
            return value.rstrip("/")
    raise _Wrong("an http or https URL without credentials")


def _page(value: Any) -> str:
    """Where people are sent to: a URL, which may also be an address for mail."""
    if isinstance(value, str) and value.startswith("mailto:") and value.isascii() and not set(value) & set(' <>"'):
        return value
    try:
        return _url(value)
    except _Wrong:
        raise _Wrong("an http, https or mailto URL") from None


def _directory(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise _Wrong("a directory, relative to the configuration's own")
    return value


def _clock(value: Any) -> ClockKind:
    if value not in list(ClockKind):
        raise _Wrong("`system` or `scenario`")
    return ClockKind(value)


def _level(value: Any) -> str:
    if value not in LEVELS:
        raise _Wrong(", ".join(f"`{level}`" for level in LEVELS))
    return str(value)


DAY = 86_400

Reader = Callable[[Any], Any] | Mapping[str, Callable[[Any], Any]]
"""Reads the value of a setting, or, for a group of settings, each of them."""

SETTINGS: dict[str, Reader] = {
    "listen": _listen,
    "workers": _whole(1, 256),
    "state": _directory,
    "max_rulebook_age": _whole(1, 7 * DAY),
    "officers": _whole(1, 2),
    "limits": {
        "body_bytes": _whole(1_024, 2**31),
        "header_bytes": _whole(1_024, 2**20),
        "concurrent": _whole(1, 1_000_000),
        "connect_seconds": _whole(1, DAY),
        "first_byte_seconds": _whole(1, DAY),
        "idle_seconds": _whole(1, DAY),
        "total_seconds": _whole(1, 7 * DAY),
    },
    "public_url": _url,
    "appeal": _page,
    "verify": _page,
    "clock": _clock,
    "telemetry": {"otlp_endpoint": _url},
    "log": {"level": _level},
}
"""Every setting. None is required; the defaults are those of `Config` and of `gate.limits.Limits`."""
