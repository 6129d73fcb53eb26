"""The settings `office:` of the configuration: where the office is reached, and at which providers people sign in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from licet.app.setting import DAY, Listen, Wrong, read_listen, read_url
from licet.core.shape_trust import URL

NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
SCOPE = re.compile(r"[!#-\[\]-~]{1,100}")
LINK = re.compile(r"(?!(?:https?|javascript|data|file)://$)[a-z][a-z0-9+.-]{1,40}://|https://[^\s/?#@]+(/[^\s?#]*)?")
TEXT = re.compile(r"[!-~]{1,500}")
PROVIDER = ("issuer", "client_id", "secret_env", "scopes", "title")
OPENID = "openid"
LEAST_SECONDS = 0.1
SECONDS = re.compile(r"[0-9]{1,5}\.[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """An OpenID provider at which the office is a client. Without `secret_env` it is a public one."""

    issuer: str
    client_id: str
    secret_env: str | None = None
    scopes: tuple[str, ...] = (OPENID,)
    title: str | None = None


@dataclass(frozen=True, slots=True)
class RateSettings:
    """How often one address may ask; an organisation pushes all of its members from one."""

    per_second: int = 50
    burst: int = 500


@dataclass(frozen=True, slots=True)
class WalletSettings:
    """How wallets are asked: what the address begins with that opens one, and whether they encrypt what they show."""

    link: str = "openid4vp://"
    encrypt: bool = False


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """Everything that is set about the office."""

    public_url: str
    listen: Listen = field(default_factory=lambda: Listen(port=8090))
    providers: tuple[ProviderSettings, ...] = ()
    rate: RateSettings = field(default_factory=RateSettings)
    status_seconds: float = 60.0
    wallet: WalletSettings = field(default_factory=WalletSettings)


def office_settings(values: Mapping[str, Any]) -> OfficeSettings:
    """The settings with their defaults."""
    found = {"listen": Listen(port=8090), **values}
    return OfficeSettings(**{"public_url": f"http://{found['listen']}", **found})


def _providers(value: Any) -> tuple[ProviderSettings, ...]:
    if not isinstance(value, list):
        raise Wrong(f"a list of providers, each with {', '.join(f'`{name}`' for name in PROVIDER)}")
    found = tuple(_provider(each) for each in value)
    issuers = [each.issuer for each in found]
    if len(set(issuers)) != len(issuers):
        raise Wrong("each issuer once")
    return found


def _provider(value: Any) -> ProviderSettings:
    if not isinstance(value, dict) or not {"issuer", "client_id"} <= value.keys() <= set(PROVIDER):
        raise Wrong("providers with `issuer` and `client_id`, and perhaps `secret_env`, `scopes` and `title`")
    read = {name: _FIELDS[name](each) for name, each in value.items()}
    return ProviderSettings(**read)


def _issuer(value: Any) -> str:
    if not isinstance(value, str) or not URL.fullmatch(value) or "?" in value:
        raise Wrong("an issuer's URL, https or, on this machine itself, http, exactly as it spells it")
    return value


def _matching(form: re.Pattern[str], allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise Wrong(allowed)
        return value

    return read


def _scopes(value: Any) -> tuple[str, ...]:
    sound = isinstance(value, list) and all(isinstance(each, str) and SCOPE.fullmatch(each) for each in value)
    if not sound or OPENID not in value:
        raise Wrong("a list of scopes with `openid` among them")
    return tuple(value)


def _title(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 80 or not value.isprintable():
        raise Wrong("a provider's name for people, at most 80 letters")
    return value


def _rate(value: Any) -> RateSettings:
    whole = isinstance(value, dict) and all(
        isinstance(each, int) and not isinstance(each, bool) and 1 <= each <= 100_000 for each in value.values()
    )
    if not whole or not value.keys() <= {"per_second", "burst"}:
        raise Wrong("`{per_second: …, burst: …}`, whole numbers from 1 to 100000")
    return RateSettings(**value)


def _seconds(value: Any) -> float:
    """Seconds, whole or with a point. (YAML as we read it has no numbers with a point: they arrive as text.)"""
    number = float(value) if isinstance(value, str) and SECONDS.fullmatch(value) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not LEAST_SECONDS <= number <= DAY:
        raise Wrong(f"a number of seconds from {LEAST_SECONDS} to {DAY}")
    return float(number)


def _wallet(value: Any) -> WalletSettings:
    sound = isinstance(value, dict) and value.keys() <= {"link", "encrypt"}
    link = value.get("link", "openid4vp://") if sound else None
    if not isinstance(link, str) or not LINK.fullmatch(link) or not isinstance(value.get("encrypt", False), bool):
        raise Wrong(
            "`{link: …, encrypt: …}`: a scheme with `://` or an https URL without a query, and `true` or `false`"
        )
    return WalletSettings(**value)


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "issuer": _issuer,
    "client_id": _matching(TEXT, "a `client_id` as the provider gave it"),
    "secret_env": _matching(NAME, "the name of an environment variable, as in `STAFF_CLIENT_SECRET`"),
    "scopes": _scopes,
    "title": _title,
}

OFFICE: Mapping[str, Callable[[Any], Any]] = {
    "listen": read_listen,
    "public_url": read_url,
    "providers": _providers,
    "rate": _rate,
    "status_seconds": _seconds,
    "wallet": _wallet,
}
"""Every setting of the office."""
