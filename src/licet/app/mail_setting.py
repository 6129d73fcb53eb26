"""The group `mail` of the configuration: where letters about cases are handed in, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from licet.app.setting import Wrong, read_url, read_whole
from licet.services.cases.addresses import ADDRESS


class Security(StrEnum):
    """How the connection to the mail server is kept private: from its start, by STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`sender` is the address that letters come from, `look_at` where they say to look, `officers` where those go that
    tell officers. `password_env` names the variable with the password of `user`. `timeout` is in seconds.
    """

    host: str
    sender: str
    look_at: str
    port: int = 587
    security: Security = Security.STARTTLS
    user: str | None = None
    password_env: str | None = None
    officers: str | None = None
    timeout: int = 20


def _host(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", value, re.ASCII):
        return value
    raise Wrong("a mail server's name or address, without its port")


def _address(value: Any) -> str:
    if isinstance(value, str) and ADDRESS.fullmatch(value):
        return value
    raise Wrong("an address for mail, as in `cases@example.org`")


def _security(value: Any) -> Security:
    if value not in list(Security):
        raise Wrong(", ".join(f"`{each}`" for each in Security))
    return Security(value)


def _user(value: Any) -> str:
    if isinstance(value, str) and value and value.isprintable():
        return value
    raise Wrong("the name to sign in with")


def _variable(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value, re.ASCII):
        return value
    raise Wrong("the name of an environment variable")


MAIL: Mapping[str, Callable[[Any], Any]] = {
    "host": _host,
    "port": read_whole(1, 65535),
    "security": _security,
    "from": _address,
    "user": _user,
    "password_env": _variable,
    "look_at": read_url,
    "officers": _address,
    "timeout_seconds": read_whole(1, 600),
}
NEEDED = ("host", "from", "look_at")


def mail_settings(values: dict[str, Any]) -> MailSettings:
    """The settings of what was read, of which nothing that is needed is missing."""
    renamed = {"from": "sender", "timeout_seconds": "timeout"}
    return MailSettings(**{renamed.get(name, name): value for name, value in values.items()})
