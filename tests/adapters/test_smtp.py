"""Letters at a real mail server: TLS, signing in, what it refuses, and what never becomes a header."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from licet.adapters.smtp import SmtpMailer
from licet.services.cases.ports import Letter, MailRefused

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LETTER = Letter("C-1.2.1", "C-1", 2, "ann@example.com", "Case C-1: Decide it", "Due now:\n  Answer: soon\n")


class Desk:
    """What arrives; `says` answers a command with something else than yes."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.says: dict[str, str] = {}

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, to: str, ___: list[str]) -> str:  # noqa: N802 - so aiosmtpd calls it
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(to)
        return "250 yes"

    async def handle_MAIL(self, _: SMTP, __: Session, envelope: Envelope, sender: str, ___: list[str]) -> str:  # noqa: N802 - so aiosmtpd calls it
        if "MAIL" in self.says:
            return self.says["MAIL"]
        envelope.mail_from = sender
        return "250 yes"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - so aiosmtpd calls it
        if "DATA" in self.says:
            return self.says["DATA"]
        self.letters.append(envelope)
        return "250 taken"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key with its certificate for 127.0.0.1, in one file."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(hours=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, None)
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def context_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


Run = Callable[..., tuple[Desk, int]]


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts a server; what it takes."""
    started: list[Controller] = []

    def start(**settings: object) -> tuple[Desk, int]:
        desk, port = Desk(), free_port()
        controller = Controller(desk, hostname="127.0.0.1", port=port, **settings)  # type: ignore[arg-type]
        controller.start()
        started.append(controller)
        return desk, port

    yield start
    for each in started:
        each.stop()


def mailer(port: int, **more: object) -> SmtpMailer:
    made = {"sender": "cases@licet.example", "origin": "https://one.example", "security": "none", "timeout": 5.0}
    return SmtpMailer("127.0.0.1", port, **{**made, **more})  # type: ignore[arg-type]


def test_a_letter_is_plain_text_under_a_name_that_it_keeps(run: Run) -> None:
    desk, port = run()
    mailer(port).send(LETTER, at=NOW)
    mailer(port).send(LETTER, at=NOW + timedelta(days=1))
    mailer(port, origin="https://two.example").send(LETTER, at=NOW)
    mailer(port).send(LETTER._replace(id="C-1.2.2"), at=NOW)
    read = [message_from_bytes(each.content) for each in desk.letters]  # type: ignore[arg-type]
    first = read[0]
    assert (first["From"], first["To"], first["Subject"]) == ("cases@licet.example", LETTER.to, LETTER.subject)
    assert (first["Auto-Submitted"], first.get_content_type()) == ("auto-generated", "text/plain")
    assert first.get_payload().replace("\r\n", "\n") == LETTER.text  # type: ignore[union-attr]
    assert read[1]["Message-ID"] == first["Message-ID"]
    assert len({each["Message-ID"] for each in read}) == 3
    assert first["Message-ID"].endswith("@licet.example>")
    assert desk.letters[0].rcpt_tos == [LETTER.to]
    assert parsedate_to_datetime(first["Date"]) == NOW


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_goes_over_tls_by_a_certificate_that_is_checked(run: Run, certificate: Path, security: str) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate))
    secret = context_of(certificate)
    settings = {"tls_context": secret, "require_starttls": True} if security == "starttls" else {"ssl_context": secret}
    desk, port = run(**settings)
    mailer(port, security=security, context=trusted).send(LETTER, at=NOW)
    assert len(desk.letters) == 1
    with pytest.raises(MailRefused, match="does not answer as it should"):
        mailer(port, security=security).send(LETTER, at=NOW)
    assert len(desk.letters) == 1


def test_a_server_without_tls_gets_nothing_where_it_is_asked_for(run: Run) -> None:
    desk, port = run()
    with pytest.raises(MailRefused, match=r"does not do what `mail` asks for: STARTTLS") as caught:
        mailer(port, security="starttls").send(LETTER, at=NOW)
    assert not caught.value.for_good
    assert desk.letters == []


def test_who_signs_in_does_so_with_a_name_and_a_password(run: Run, certificate: Path) -> None:
    def check(_: SMTP, __: Session, ___: Envelope, ____: str, data: object) -> AuthResult:
        right = data == LoginPassword(b"licet", b"right")
        return AuthResult(success=right, handled=right)

    desk, port = run(authenticator=check, auth_required=True, tls_context=context_of(certificate))
    trusted = {"security": "starttls", "context": ssl.create_default_context(cafile=str(certificate))}
    mailer(port, login=("licet", "right"), **trusted).send(LETTER, at=NOW)
    with pytest.raises(MailRefused, match="does not let us sign in") as caught:
        mailer(port, login=("licet", "wrong"), **trusted).send(LETTER, at=NOW)
    assert not caught.value.for_good
    assert "wrong" not in str(caught.value)
    assert len(desk.letters) == 1


@pytest.mark.parametrize(
    ("command", "said", "for_good"),
    [
        ("RCPT", "450 later", False),
        ("RCPT", "550 nobody here", True),
        ("DATA", "451 later", False),
        ("DATA", "554 no", True),
        ("DATA", "500 what", True),
        ("RCPT", "500 what", True),
        ("MAIL", "550 not you", False),
        ("MAIL", "421 closing", False),
    ],
)
def test_what_is_refused_for_good_is_told_from_what_can_be_tried_again(
    run: Run, command: str, said: str, for_good: bool
) -> None:
    desk, port = run()
    desk.says[command] = said
    with pytest.raises(MailRefused) as caught:
        mailer(port).send(LETTER, at=NOW)
    assert caught.value.for_good is for_good
    desk.says.clear()
    mailer(port).send(LETTER, at=NOW)
    assert len(desk.letters) == 1


def test_what_a_server_says_is_told_in_one_short_line() -> None:
    said = b"550 \xfcber\x1b[2J voll " + b"x" * 300
    with pytest.raises(MailRefused) as caught:
        send_to(b"220 here\r\n", b"250 hello\r\n", b"250 yes\r\n", said + b"\r\n", b"250 reset\r\n")
    expected = "the mail server said 550 \ufffdber [2J voll "
    assert str(caught.value).startswith(expected + "x")
    assert len(str(caught.value)) == len("the mail server said 550 ") + 200


def send_to(*answers: bytes) -> None:
    """Hand the letter in at a server that gives these answers, one to each line."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as lines:
            for each in answers:
                connection.sendall(each)
                lines.readline()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            mailer(server.getsockname()[1]).send(LETTER, at=NOW)
        finally:
            thread.join()


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_is_down_or_silent_is_waited_for_so_long_and_no_longer(security: str) -> None:
    with pytest.raises(MailRefused, match="does not answer as it should") as caught:
        mailer(free_port()).send(LETTER, at=NOW)
    assert not caught.value.for_good
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailRefused, match="timed out"):
        mailer(silent.getsockname()[1], timeout=0.2, security=security).send(LETTER, at=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "ann@example.com\r\nBcc: all@example.com"},
        {"to": "ann@example.com, ben@example.com"},
        {"to": "Ann <ann@example.com>"},
        {"to": "ann@exämple.com"},
        {"to": ""},
        {"to": "=?utf-8?q?ben?=@example.com"},
        {"to": "=?utf-8?q?a=0D=0ABcc=3A_all=40example.com?=@example.com"},
        {"to": "..@example.com"},
        {"to": "ann.@example.com"},
        {"to": "ann@-example.com"},
        {"to": "ann@example.com@example.org"},
        {"to": f"{'a' * 65}@example.com"},
        {"subject": "Case C-1\r\nBcc: all@example.com"},
        {"subject": "Case\x00"},
    ],
)
def test_nothing_in_a_letter_becomes_a_header(run: Run, wrong: dict[str, Any]) -> None:
    desk, port = run()
    with pytest.raises(MailRefused) as caught:
        mailer(port).send(LETTER._replace(**wrong), at=NOW)
    assert caught.value.for_good
    assert desk.letters == []


def test_a_text_stays_a_text(run: Run) -> None:
    desk, port = run()
    mailer(port).send(LETTER._replace(text="Bcc: all@example.com\n\n.\nQUIT\nünï\n"), at=NOW)
    message = message_from_bytes(desk.letters[0].content)  # type: ignore[arg-type]
    assert message["Bcc"] is None
    assert message.get_payload(decode=True).decode().replace("\r\n", "\n").endswith(".\nQUIT\nünï\n")  # type: ignore[union-attr]
