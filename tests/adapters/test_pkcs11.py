"""The log's key in a real token: SoftHSM, through the same library calls as any other."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.log_key_file import KeyFiles, make_key
from licet.adapters.tlog.log import FolderLog
from licet.record.log.entries import KeyHandOver
from licet.record.log.entry_spelling import read_entry
from licet.record.refusal import OutOfRange
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, Signer
from licet.record.signed.notes import verify
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable
from licet.services.record.publishing.log_keys import rotate

LIBRARY = next((each for each in Path("/usr/lib").glob("**/softhsm/libsofthsm2.so")), None)
ORIGIN = "licet.example/record"
AT = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)

pytest.importorskip("pkcs11", reason="the extra `hsm` is not installed")
pytestmark = pytest.mark.skipif(
    LIBRARY is None or shutil.which("softhsm2-util") is None,
    reason="SoftHSM (Debian's package softhsm2) is not installed",
)

from licet.adapters.pkcs11 import TokenKeys, TokenSigner, make_token_key, read_uri  # noqa: E402


@dataclass(frozen=True)
class Token:
    """A token with nothing in it, and the file with its PIN."""

    pin: Path

    def uri(self, label: str, *, token: str = "licet", pin: Path | None = None) -> str:
        return f"pkcs11:token={token};object={label}?module-path={LIBRARY}&pin-source=file:{pin or self.pin}"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    """One for all tests: the library reads where tokens are when it is loaded, once in a process."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        made = ["softhsm2-util", "--init-token", "--free", "--label", "licet", "--so-pin", "12345678", "--pin", "4711"]
        subprocess.run(made, check=True, capture_output=True)
        pin = folder / "pin"
        pin.write_text("4711\n")
        pin.chmod(0o600)
        make_token_key(Token(pin).uri("first"), ORIGIN)  # loads the library while the variable is set
    return Token(pin)


def log_of(folder: Path, signer: Signer) -> FolderLog:
    return FolderLog(folder / "record", folder / "lock", folder / "staging", signer)


def test_a_key_in_a_token_signs_a_log(token: Token, tmp_path: Path) -> None:
    signer = TokenSigner(read_uri(token.uri("first")), ORIGIN)
    log = log_of(tmp_path, signer)
    log.create()
    assert log.append([b"one", b"two"]) == range(2)
    note = read_checkpoint(log.checkpoint()).note
    assert [each.key for each in verify(note, [signer.key])] == [signer.key]
    assert TokenSigner(read_uri(token.uri("first")), ORIGIN).key == signer.key
    with pytest.raises(OutOfRange):
        signer.sign(b"x\n", 7)


def test_a_key_is_never_overwritten_and_never_leaves_the_token(token: Token) -> None:
    with pytest.raises(LogUnavailable, match="there is a key `first` in the token `licet` already"):
        make_token_key(token.uri("first"), ORIGIN)
    import pkcs11  # noqa: PLC0415 - an extra

    with pkcs11.lib(str(LIBRARY)).get_token(token_label="licet").open(user_pin="4711") as session:
        key = session.get_key(label="first", object_class=pkcs11.ObjectClass.PRIVATE_KEY)
        assert not key[pkcs11.Attribute.EXTRACTABLE]
        with pytest.raises(pkcs11.PKCS11Error):
            _ = key[pkcs11.Attribute.VALUE]


def test_a_file_hands_over_to_a_token_and_that_to_another_key_in_it(token: Token, tmp_path: Path) -> None:
    path = tmp_path / "record.key"
    old = make_key(path, ORIGIN, KeyKind.LOG, lambda size: b"o" * size)
    log_of(tmp_path, old).create()
    keys = [make_token_key(token.uri(label), ORIGIN) for label in ("second", "third")]
    first = rotate(
        TokenKeys(path, ORIGIN, token.uri("second")), lambda signer: log_of(tmp_path, signer), AT, "into the token"
    )
    second = rotate(
        TokenKeys(token.uri("second"), ORIGIN, token.uri("third")), lambda each: log_of(tmp_path, each), AT, "yearly"
    )
    assert (first.old, first.new, second.old, second.new) == (old.key, keys[0], keys[0], keys[1])
    log = log_of(tmp_path, TokenSigner(read_uri(token.uri("third")), ORIGIN))
    signed = read_checkpoint(log.checkpoint())
    assert [each.key for each in verify(signed.note, keys)] == [keys[1]]
    entries = [read_entry(each.content) for each in VerifiedTree(log.tiles, signed.checkpoint.head).entries()]
    assert [(each.old, each.new) for each in entries if isinstance(each, KeyHandOver)] == [
        (old.key, keys[0]),
        (keys[0], keys[1]),
    ]
    with pytest.raises(LogUnavailable, match="name the one that follows it with `--next"):
        rotate(TokenKeys(token.uri("third"), ORIGIN, None), lambda each: log_of(tmp_path, each), AT, "x")
    with pytest.raises(LogUnavailable):
        KeyFiles(tmp_path / "none.key", ORIGIN, bytes).current()


@pytest.mark.parametrize(
    "written",
    [
        "pkcs11:",
        "pkcs11:token=t;object=o",
        "pkcs11:token=t;object=o?module-path=x&pin-value=1234",
        "pkcs11:token=t;object=o;object=p?module-path=x&pin-source=y",
        "pkcs11:token=;object=o?module-path=x&pin-source=y",
        "record.key",
    ],
)
def test_a_uri_of_another_form_is_refused(written: str) -> None:
    with pytest.raises(LogUnavailable, match="is not the URI of a key in a token"):
        read_uri(written)


def test_a_uri_is_unquoted() -> None:
    uri = read_uri("pkcs11:token=my%20token;object=a?module-path=/lib/x.so&pin-source=/run/pin")
    assert (uri.token, uri.pin_file) == ("my token", Path("/run/pin"))


def test_what_is_not_there_is_said(token: Token, tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match="the key `none` in the token `licet` cannot be used"):
        TokenSigner(read_uri(token.uri("none")), ORIGIN)
    with pytest.raises(LogUnavailable, match="in the token `other` cannot be used"):
        TokenSigner(read_uri(token.uri("first", token="other")), ORIGIN)
    with pytest.raises(LogUnavailable, match="cannot read the PIN"):
        TokenSigner(read_uri(token.uri("first", pin=tmp_path / "none")), ORIGIN)
    wrong = tmp_path / "pin"
    wrong.write_text("0815")
    with pytest.raises(LogUnavailable, match="is open to others"):
        TokenSigner(read_uri(token.uri("first", pin=wrong)), ORIGIN)
    wrong.chmod(0o600)
    with pytest.raises(LogUnavailable, match="cannot be used"):
        TokenSigner(read_uri(token.uri("first", pin=wrong)), ORIGIN)
    with pytest.raises(LogUnavailable, match="cannot open shared object file"):
        TokenSigner(read_uri(f"pkcs11:token=t;object=o?module-path=/none.so&pin-source={token.pin}"), ORIGIN)
