"""The configuration `licet.yaml`, read strictly into a frozen value; `spec/configuration.md` has every setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from licet.app.circumstance_setting import CIRCUMSTANCES, CircumstanceSettings, circumstance_settings
from licet.app.mail_setting import MAIL, NEEDED, MailSettings, Security, mail_settings
from licet.app.office.setting import OFFICE, OfficeSettings, office_settings
from licet.app.record_setting import RECORD, record_settings
from licet.app.setting import (
    DAY,
    ClockKind,
    Listen,
    Wrong,
    read_clock,
    read_directory,
    read_instant,
    read_level,
    read_listen,
    read_page,
    read_url,
    read_whole,
)
from licet.core.errors import LicetError
from licet.core.errors import Path as Keys
from licet.gate.limits import Limits
from licet.services.record.settings import RecordSettings
from licet.wire import yaml
from licet.wire.yaml import YamlDocument, YamlRejectedError

NAME = "licet.yaml"


class ConfigurationRejected(LicetError):
    """A configuration that is not there or not in order, with every problem: `file:line:column: message`."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that an operator sets. `file` is the configuration itself; `state` is an absolute path.

    `max_rulebook_age` is in seconds: how long the gate goes on serving without a word from its store. `officers` is how
    many an enactment needs that may widen access. `clock_from` is what a scenario's clock shows at first.
    """

    file: Path
    state: Path
    record: RecordSettings
    listen: Listen = field(default_factory=Listen)
    workers: int = 2
    max_rulebook_age: int = 300
    officers: int = 2
    limits: Limits = field(default_factory=Limits)
    public_url: str = "http://127.0.0.1:8080"
    appeal: str | None = None
    verify: str | None = None
    clock: ClockKind = ClockKind.SYSTEM
    clock_from: datetime | None = None
    otlp_endpoint: str | None = None
    log_level: str = "info"
    circumstances: CircumstanceSettings = field(default_factory=CircumstanceSettings)
    office: OfficeSettings | None = None
    mail: MailSettings | None = None


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
    if found:
        found.check_clock(values)
        found.check_mail(values)
    if found and found.problems:
        raise ConfigurationRejected(tuple(found.problems))
    return _config(path, values)


def _config(path: Path, values: dict[str, Any]) -> Config:
    state = path.parent.joinpath(values.pop("state", ".licet")).absolute()
    limits = Limits(**values.pop("limits", {}))
    telemetry, log = values.pop("telemetry", {}), values.pop("log", {})
    office, mail = values.pop("office", None), values.pop("mail", None)
    listen = values.get("listen", Listen())
    public_url = values.setdefault("public_url", f"http://{listen}")
    return Config(
        file=path,
        state=state,
        record=record_settings(values.pop("record", {}), path.parent, state, public_url),
        limits=limits,
        otlp_endpoint=telemetry.get("otlp_endpoint"),
        log_level=log.get("level", "info"),
        circumstances=circumstance_settings(values.pop("circumstances", {}), path.parent),
        office=None if office is None else office_settings(office),
        mail=None if mail is None else mail_settings(mail),
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
                except Wrong as wrong:
                    shown = "nothing" if value is None else f"`{str(value).lower() if value in _BOOLEANS else value}`"
                    self._report(path, f"{shown} is not allowed here; allowed: {wrong}")
        return values

    def check_clock(self, values: Mapping[str, Any]) -> None:
        """An instant to begin at is for a clock that can be set."""
        if "clock_from" in values and values.get("clock") is not ClockKind.SCENARIO:
            self._report(("clock_from",), "only with `clock: scenario`", at_key=True)

    def check_mail(self, values: Mapping[str, Any]) -> None:
        """Letters need a server, a sender, and where they say to look."""
        mail = values.get("mail")
        missing = [] if mail is None else [name for name in NEEDED if name not in self._document.tree["mail"]]
        if missing:
            self._report(("mail",), f"`mail.{missing[0]}` is missing", at_key=True)
        elif mail is not None and ("user" in mail) != ("password_env" in mail):
            self._report(("mail",), "`mail.user` and `mail.password_env` come together", at_key=True)
        elif mail is not None and "user" in mail and mail.get("security") is Security.NONE:
            self._report(("mail",), "a password goes over TLS alone: change `mail.security`", at_key=True)

    def _report(self, path: Keys, message: str, *, at_key: bool = False) -> None:
        self.problems.append(f"{self._document.place(path, at_key=at_key)}: {message}")


_BOOLEANS = (True, False)


Reader = Callable[[Any], Any] | Mapping[str, Callable[[Any], Any]]
"""Reads the value of a setting, or, for a group of settings, each of them."""

SETTINGS: dict[str, Reader] = {
    "listen": read_listen,
    "workers": read_whole(1, 256),
    "state": read_directory,
    "max_rulebook_age": read_whole(1, 7 * DAY),
    "officers": read_whole(1, 2),
    "limits": {
        "body_bytes": read_whole(1_024, 2**31),
        "header_bytes": read_whole(1_024, 2**20),
        "concurrent": read_whole(1, 1_000_000),
        "connect_seconds": read_whole(1, DAY),
        "first_byte_seconds": read_whole(1, DAY),
        "idle_seconds": read_whole(1, DAY),
        "total_seconds": read_whole(1, 7 * DAY),
    },
    "public_url": read_url,
    "appeal": read_page,
    "verify": read_page,
    "clock": read_clock,
    "clock_from": read_instant,
    "telemetry": {"otlp_endpoint": read_url},
    "log": {"level": read_level},
    "circumstances": CIRCUMSTANCES,
    "record": RECORD,
    "office": OFFICE,
    "mail": MAIL,
}
"""Every setting. None is required; the defaults are those of `Config` and of `gate.limits.Limits`."""
