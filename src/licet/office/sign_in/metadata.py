"""What an identity provider says of itself: its metadata, read once (OpenID Connect Discovery 1.0; RFC 8414)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from licet.core.errors import LicetError
from licet.core.shape_trust import URL

S256 = "S256"


class ProviderRefused(LicetError):
    """A provider that cannot be used, or an answer of it that is not taken. `code` names which, for the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ClientAuthentication(StrEnum):
    """How the office shows a provider that it is the client (OpenID Connect Core 1.0, section 9)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider at which the office is a client. Without a secret it is a public one."""

    issuer: str
    client_id: str
    secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid",)
    title: str | None = None

    @property
    def name(self) -> str:
        """What people call it: its title, or the host of its issuer."""
        return self.title or self.issuer.partition("://")[2].partition("/")[0]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What signing in needs of it. `says_issuer`: its answers name it (RFC 9207), so that they must."""

    issuer: str
    authorization: str
    token: str
    user_info: str | None
    pushing: str | None
    says_issuer: bool
    takes_claims: bool
    authentication: ClientAuthentication


def metadata(provider: Provider, tree: Mapping[str, object]) -> Metadata:
    """The metadata of a provider. Raises `ProviderRefused` for those of another one, or that lack what is needed."""
    if tree.get("issuer") != provider.issuer:
        raise _wrong("its metadata are another issuer's")
    if "code" not in _listed(tree, "response_types_supported", ("code",)):
        raise _wrong("it does not give codes")
    if S256 not in _listed(tree, "code_challenge_methods_supported", (S256,)):
        raise _wrong("it does not take proofs of possession of a code (PKCE, S256)")
    pushing = _endpoint(tree, "pushed_authorization_request_endpoint", provider)
    if tree.get("require_pushed_authorization_requests") is True and pushing is None:
        raise _wrong("it wants pushed requests and does not say where")
    return Metadata(
        provider.issuer,
        _needed(tree, "authorization_endpoint", provider),
        _needed(tree, "token_endpoint", provider),
        _endpoint(tree, "userinfo_endpoint", provider),
        pushing,
        tree.get("authorization_response_iss_parameter_supported") is True,
        tree.get("claims_parameter_supported") is True,
        _authentication(tree, provider),
    )


def _authentication(tree: Mapping[str, object], provider: Provider) -> ClientAuthentication:
    if provider.secret is None:
        return ClientAuthentication.NONE
    offered = _listed(tree, "token_endpoint_auth_methods_supported", (ClientAuthentication.BASIC.value,))
    for method in (ClientAuthentication.BASIC, ClientAuthentication.POST):
        if method.value in offered:
            return method
    raise _wrong("it takes a client's secret in no way that is known here (basic, post)")


def _needed(tree: Mapping[str, object], name: str, provider: Provider) -> str:
    found = _endpoint(tree, name, provider)
    if found is None:
        raise _wrong(f"its metadata have no `{name}`")
    return found


def _endpoint(tree: Mapping[str, object], name: str, provider: Provider) -> str | None:
    """An address of it: over TLS, or plain on this machine itself where the issuer is there too."""
    found = tree.get(name)
    if found is None:
        return None
    plain = isinstance(found, str) and found.startswith("http://")
    if not isinstance(found, str) or not URL.fullmatch(found) or (plain and provider.issuer.startswith("https:")):
        raise _wrong(f"`{name}` of its metadata is no https address")
    return found


def _listed(tree: Mapping[str, object], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    found = tree.get(name, list(default))
    if not isinstance(found, list):
        raise _wrong(f"`{name}` of its metadata is no list")
    return tuple(each for each in found if isinstance(each, str))


def _wrong(why: str) -> ProviderRefused:
    return ProviderRefused("metadata", f"signing in at this provider is not possible now: {why}; tell the operator")
