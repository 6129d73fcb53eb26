"""What a wallet posts (OpenID4VP 1.0, sections 8.1 to 8.5), as values: presentations by their query, or an error."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import NamedTuple

from joserfc import jwe
from joserfc.errors import JoseError

from licet.core.errors import LicetError
from licet.office.oid4vp.query import Query
from licet.office.oid4vp.request import CONTENT_ENCRYPTION, ENCRYPTION
from licet.office.oid4vp.transaction import Transaction
from licet.wire.strict_json import StrictJsonError, decode, members


class ResponseRefused(LicetError):
    """A response that does not answer the request. The message is for the wallet and for whoever uses it."""


class OtherRequest(ResponseRefused):
    """A response to another request, or by somebody who does not know this one."""


class Declined(NamedTuple):
    """The wallet shows nothing; its reason in words of ours."""

    why: str


ERRORS: Mapping[str, str] = {
    "access_denied": "your wallet showed nothing: it has not what was asked for, or you said no",
    "invalid_request": "your wallet does not understand what it is asked",
    "invalid_client": "your wallet does not take requests from here",
    "vp_formats_not_supported": "your wallet has no credentials of the form that is read here",
    "wallet_unavailable": "your wallet could not be reached",
}
"""What the errors of section 8.5 say to a person."""


def read_response(fields: Mapping[str, str], transaction: Transaction) -> Declined | dict[str, str]:
    """The presentations of a response, each under the `id` of its credential query.

    Raises `ResponseRefused`; `OtherRequest` where it says nothing about this request, which goes on to wait.

    Parameters that nobody knows are passed over (section 8.1); an error needs no encryption (section 8.3.1).
    """
    answer: Mapping[str, object] = fields
    if transaction.encryption is not None and "error" not in fields:
        answer = _decrypted(fields, transaction)
    state = answer.get("state")
    if not isinstance(state, str) or not hmac.compare_digest(state.encode(), transaction.state.encode()):
        raise OtherRequest("the response does not have this request's `state`; begin again")
    if "error" in answer:
        return Declined(ERRORS.get(str(answer["error"]), "your wallet showed nothing, for a reason of its own"))
    token = answer.get("vp_token")
    return _presentations(_tree(token) if isinstance(token, str) else token, transaction.query)


def _presentations(token: object, query: Query) -> dict[str, str]:
    if not isinstance(token, dict):
        raise ResponseRefused("the response needs `vp_token`, an object with presentations by the `id` of their query")
    if not token:
        raise ResponseRefused("`vp_token` has no presentation")
    found: dict[str, str] = {}
    for name, listed in token.items():
        if query.of(name) is None:
            raise ResponseRefused("`vp_token` has a credential that was not asked for; show what was, and no more")
        if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], str):
            raise ResponseRefused("`vp_token` needs a list of exactly one presentation for each query")
        found[name] = listed[0]
    return found


def _tree(text: str) -> dict[str, object]:
    try:
        return {each.key: each.value for each in members(text)}
    except StrictJsonError:
        raise ResponseRefused("`vp_token` is not one JSON object that every parser reads alike") from None


def _decrypted(fields: Mapping[str, str], transaction: Transaction) -> dict[str, object]:
    """The parameters of an encrypted response (section 8.3)."""
    assert transaction.encryption is not None
    if "response" not in fields:
        raise OtherRequest("the response must be encrypted (`direct_post.jwt`)")
    try:
        algorithms = [ENCRYPTION, *CONTENT_ENCRYPTION]
        content = jwe.decrypt_compact(fields["response"], transaction.encryption, algorithms=algorithms).plaintext
        return {each.key: each.value for each in members(decode(content or b""))}
    except (JoseError, StrictJsonError, ValueError):
        raise OtherRequest("the response is not encrypted to this request's key; begin again") from None
