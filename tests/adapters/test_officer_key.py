"""An officer's private key in a file: made once, for its owner's eyes, and read only if it is still so."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path

import pytest

from licet.adapters.officer_key import make_officer_key, read_officer_key
from licet.core.roles import KeyKind
from licet.services.acts.refusal import ActRefused, SignatureRefused
from licet.services.acts.signing import officer_key

DIGEST = "sha256:" + "ab" * 32


def test_what_was_made_is_read_again(tmp_path: Path) -> None:
    made = make_officer_key(tmp_path / "k", secrets.token_bytes)
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    read = read_officer_key(tmp_path / "k")
    assert (read.id, read.text) == (made.id, made.text)
    assert read.sign(DIGEST) == made.sign(DIGEST)
    public = officer_key(made.text)
    assert (public.id, public.kind, public.public) == (made.id, KeyKind.ED25519, made.public)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    made = make_officer_key(tmp_path / "k", secrets.token_bytes)
    with pytest.raises(ActRefused, match="never overwritten"):
        make_officer_key(tmp_path / "k", secrets.token_bytes)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ActRefused, match="already"):
        make_officer_key(tmp_path / "link", secrets.token_bytes)
    assert read_officer_key(tmp_path / "k").id == made.id


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602])
def test_a_key_that_others_may_touch(tmp_path: Path, mode: int) -> None:
    make_officer_key(tmp_path / "k", secrets.token_bytes)
    (tmp_path / "k").chmod(mode)
    with pytest.raises(SignatureRefused, match="chmod 600"):
        read_officer_key(tmp_path / "k")


@pytest.mark.parametrize("content", [b"", b"\xff", b"licet-officer-secret:AAAA\n", b"x" * 1000, b"PRIVATE-KEY+x+1+y"])
def test_what_is_no_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SignatureRefused, match="not an officer's private key") as refused:
        read_officer_key(path)
    assert content.decode("latin-1") not in str(refused.value) or not content
    with pytest.raises(SignatureRefused, match="licet officers key"):
        read_officer_key(tmp_path / "nothing")


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:AAAA", "rsa:" + "A" * 43, "ed25519:" + "é" * 43])
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(ActRefused, match="not an officer's public key"):
        officer_key(text)
