"""Keys: which of a set may have signed, and that one key has one name."""

from __future__ import annotations

import pytest
from tests.credentials.issuing import (
    LIST,
    NOW,
    access_claims,
    b64,
    header,
    keys_of,
    new_key,
    public,
    sign,
    status_token,
    trust,
)

from licet.core.attestations import StatusReference
from licet.credentials.base64url import decoded
from licet.credentials.key_set import key_set_of
from licet.credentials.refusal import CredentialRefused, Reason
from licet.credentials.signed import check_signature, read_signed
from licet.credentials.status_list import check_status, read_status_list


def test_a_key_is_found_by_its_name_and_for_its_algorithm() -> None:
    plain, rsa, pinned = public(new_key()), public(new_key("RSA", "r")), public(new_key("RSA", "p"))
    found = key_set_of([plain, rsa, {**pinned, "alg": "PS256"}])
    assert [key.kid for key in found.find("k1", "ES256")] == ["k1"]
    assert [key.kid for key in found.find(None, "PS256")] == ["r", "p"]
    assert [key.kid for key in found.find(None, "RS256")] == ["r"]
    assert found.find("k1", "RS256") == found.find("k1", "ES384") == found.find("none", "ES256") == ()
    assert found.find("k1", "none") == ()
    assert found.names("p")
    assert not found.names("none")


def test_one_key_has_one_spelling() -> None:
    """The same point, cut elsewhere, would have another thumbprint."""
    good = public(new_key())
    x, y = decoded(good["x"], ""), decoded(good["y"], "")
    with pytest.raises(CredentialRefused) as refused:
        key_set_of([{**good, "x": b64(x[:31]), "y": b64(x[31:] + y)}])
    assert refused.value.reason is Reason.KEY_SET


@pytest.mark.parametrize("changes", [{"key_ops": ["sign"]}, {"key_ops": "verify"}, {"use": "enc"}])
def test_keys_for_other_uses_are_passed_over(changes: dict[str, object]) -> None:
    assert key_set_of([{**public(new_key()), **changes}]).keys == ()


def test_a_signature_has_its_whole_length() -> None:
    """One whose second number begins with a zero byte is not accepted without that byte."""
    key = new_key()
    keys = key_set_of([public(key)])
    while True:
        signed, signature = sign(key, header(key, "at+jwt"), access_claims()).rsplit(".", 1)
        content = decoded(signature, "")
        if content[32] == 0:
            break
    short = f"{signed}.{b64(content[:32] + content[33:])}"
    with pytest.raises(CredentialRefused) as refused:
        check_signature(read_signed(short, "it", frozenset(("at+jwt",))), keys)
    assert refused.value.reason is Reason.SIGNATURE


def test_a_list_speaks_of_its_own_credentials_only() -> None:
    key = new_key()
    found = read_status_list(status_token(key, [0]), trust(), keys_of(key), uri=LIST, now=NOW)
    check_status(StatusReference(LIST, 0), found)
    with pytest.raises(CredentialRefused) as refused:
        check_status(StatusReference(LIST + "/other", 0), found)
    assert refused.value.reason is Reason.STATUS_LIST_OTHER
