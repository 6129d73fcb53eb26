"""The demonstration's wallet: it holds credentials, and shows of them what a verifier asks for and nothing else.

It follows a link of OpenID for Verifiable Presentations 1.0 as a wallet on a telephone does, over HTTP: it fetches the
signed request, checks it, finds what answers its query, and posts the presentation to the verifier.
"""

from __future__ import annotations

import base64
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from licet.app.demo import sd_jwt
from licet.app.demo.wallet_query import Match, answers

WAIT = 30.0
"""Seconds for which it waits for the verifier."""

REQUEST_TYPE = "application/oauth-authz-req+jwt"
FORM = "application/x-www-form-urlencoded"


class RequestRefused(Exception):
    """A request that this wallet does not answer, or an answer that the verifier did not take; the text says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """A verifier's request that was checked: who asks (`client_id`), and all its parameters."""

    client_id: str
    parameters: Mapping[str, Any]


class Told(NamedTuple):
    """How the verifier answered: the HTTP status, what it said, and where it sends the person, if anywhere."""

    status: int
    body: Mapping[str, Any]

    @property
    def redirect(self) -> str | None:
        """Where the person goes on, on the wallet's own device."""
        found = self.body.get("redirect_uri")
        return found if isinstance(found, str) else None


class Wallet:
    """One person's wallet. Each credential has a key of its own, so that no two verifiers know it by the same."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._keys: dict[str, ECKey] = {}

    @property
    def credentials(self) -> tuple[str, ...]:
        """What it holds, oldest first."""
        return tuple(self._keys)

    def receive(self, issue: Callable[[dict[str, Any]], str]) -> str:
        """Have a credential issued for a new key: `issue` gets its public half."""
        key = ECKey.generate_key("P-256")
        credential = issue({k: v for k, v in key.as_dict(private=False).items() if k in ("kty", "crv", "x", "y")})
        self._keys[credential] = key
        return credential

    def answer(self, link: str) -> Told:
        """Follow a link: show what is asked for, or say that it is not here. Raises `RequestRefused`."""
        request = self.request(link)
        found = answers(request.parameters["dcql_query"], self.credentials)
        if found is None:
            return self.decline(request)
        return self.send(request, {name: [self.show(match, request)] for name, match in found.items()})

    def request(self, link: str) -> Request:
        """The verifier's request behind a link, fetched and checked. Raises `RequestRefused`."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(link).query, strict_parsing=True).items()}
        nonce = sd_jwt.encoded(secrets.token_bytes(16)) if given.get("request_uri_method") == "post" else None
        text = _fetched(given["request_uri"], nonce)
        parameters = _checked(text, given["client_id"])
        if nonce is not None and parameters.get("wallet_nonce") != nonce:
            raise RequestRefused("the request does not repeat this wallet's nonce")
        return Request(given["client_id"], parameters)

    def show(self, match: Match, request: Request, **instead: Any) -> str:
        """A presentation for this request. `instead` takes the place of `audience`, `nonce` or `at`, for tests."""
        bound = {
            "audience": request.client_id,
            "nonce": request.parameters["nonce"],
            "at": int(self._clock().timestamp()),
            **instead,
        }
        return sd_jwt.present(match.credential, match.names, self._keys[match.credential], **bound)

    def send(self, request: Request, vp_token: Mapping[str, Any] | str, **instead: str) -> Told:
        """Post a response. `instead` takes the place of parameters, for tests."""
        answer: dict[str, Any] = {"vp_token": vp_token, "state": request.parameters["state"], **instead}
        if request.parameters["response_mode"] == "direct_post.jwt":
            return _posted(request.parameters["response_uri"], {"response": _encrypted(answer, request)})
        texts = {name: each if isinstance(each, str) else json.dumps(each) for name, each in answer.items()}
        return _posted(request.parameters["response_uri"], texts)

    def decline(self, request: Request, error: str = "access_denied") -> Told:
        """Say that nothing is shown."""
        texts = {"error": error, "state": request.parameters["state"]}
        return _posted(request.parameters["response_uri"], texts)


class _Registry(jws.JWSRegistry):
    """Signatures as elsewhere; there are certificates in the header, so it may be long."""

    max_header_length = 16_384


def _checked(text: str, client_id: str) -> dict[str, Any]:
    """The parameters of a signed request (RFC 9101), by the rules of the prefix `x509_hash` (section 5.9.3)."""
    header = json.loads(sd_jwt.decoded(text.split(".", 1)[0]))
    if header.get("typ") != "oauth-authz-req+jwt" or header.get("alg") != sd_jwt.ALGORITHM:
        raise RequestRefused("this is no signed request")
    leaf = base64.b64decode(header["x5c"][0])
    if client_id != f"x509_hash:{sd_jwt.encoded(sha256(leaf).digest())}":
        raise RequestRefused("the certificate is not that of whoever asks")
    public = x509.load_der_x509_certificate(leaf).public_key()
    key = ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    parameters: dict[str, Any] = json.loads(jws.deserialize_compact(text, key, registry=_Registry()).payload)
    if parameters.get("client_id") != client_id or parameters.get("aud") != "https://self-issued.me/v2":
        raise RequestRefused("the request is not for this wallet, or not by whoever asks")
    if parameters.get("response_type") != "vp_token" or "redirect_uri" in parameters:
        raise RequestRefused("the request asks for something else")
    return parameters


def _encrypted(answer: Mapping[str, Any], request: Request) -> str:
    """The response for the verifier's eyes alone (section 8.3)."""
    metadata = request.parameters["client_metadata"]
    jwk = metadata["jwks"]["keys"][0]
    header = {"alg": jwk["alg"], "enc": metadata["encrypted_response_enc_values_supported"][0], "kid": jwk["kid"]}
    return jwe.encrypt_compact(header, json.dumps(answer), ECKey.import_key(jwk))


def _fetched(url: str, nonce: str | None) -> str:
    data = None if nonce is None else urlencode({"wallet_nonce": nonce}).encode()
    headers = {"accept": REQUEST_TYPE, **({} if data is None else {"content-type": FORM})}
    asked = urllib.request.Request(url, data, headers)  # noqa: S310 (a wallet follows links)
    try:
        with urllib.request.urlopen(asked, timeout=WAIT) as answer:  # noqa: S310
            if answer.headers.get_content_type() != REQUEST_TYPE:
                raise RequestRefused("this address has no signed request")
            text: str = answer.read().decode()
            return text
    except urllib.error.HTTPError as error:
        with error:
            raise RequestRefused(error.read().decode("utf-8", "replace")) from None


def _posted(url: str, texts: Mapping[str, str]) -> Told:
    asked = urllib.request.Request(url, urlencode(texts).encode(), {"content-type": FORM})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=WAIT) as answer:  # noqa: S310
            return Told(answer.status, json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        with error:
            return Told(error.code, json.loads(error.read() or b"{}"))
