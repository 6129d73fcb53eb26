"""Letters handed in at a mail server (RFC 5321), over TLS unless it is told otherwise."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from licet.services.cases.addresses import ADDRESS
from licet.services.cases.ports import Letter, MailRefused

TLS, STARTTLS, NONE = "tls", "starttls", "none"


class SmtpMailer:
    """`services.cases.ports.Mailer` at one server; each letter is a connection of its own.

    `security`: `tls` from the start, `starttls`, or `none`; a server that offers no TLS where it is asked for gets
    nothing. `login`: a name and its password. `origin` makes Message-IDs this installation's own.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        origin: str,
        security: str = STARTTLS,
        login: tuple[str, str] | None = None,
        timeout: float = 20.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._place = (host, port)
        self._sender = sender
        self._origin = origin
        self._security = security
        self._login = login
        self._timeout = timeout
        self._context = context or ssl.create_default_context()

    def send(self, letter: Letter, *, at: datetime) -> None:
        """See the port."""
        message = self.message(letter, at)
        try:
            with self._connected() as server:
                server.send_message(message, self._sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[letter.to]
            raise MailRefused(_said(code, said), for_good=code >= 500) from error
        except smtplib.SMTPSenderRefused as error:  # about us, not about this letter: it can be mended
            raise MailRefused(_said(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPAuthenticationError as error:
            raise MailRefused(f"the mail server does not let us sign in ({error.smtp_code})") from error
        except smtplib.SMTPDataError as error:
            raise MailRefused(_said(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(f"the mail server does not do what `mail` asks for: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            host, port = self._place
            raise MailRefused(f"the mail server {host}:{port} does not answer as it should: {error}") from error

    def message(self, letter: Letter, at: datetime) -> EmailMessage:
        """A letter as a message. The same letter has the same Message-ID. Raises `MailRefused` for good.

        Addresses are one plain address each, and the subject one line: nothing that is in them becomes a header.
        """
        if ADDRESS.fullmatch(letter.to) is None:
            raise MailRefused("its address is not one plain address", for_good=True)
        if not letter.subject.isprintable():
            raise MailRefused("its subject is not one line of printable characters", for_good=True)
        message = EmailMessage(policy=SMTP)
        message["From"] = _address(self._sender)
        message["To"] = _address(letter.to)
        message["Subject"] = letter.subject
        message["Date"] = at
        message["Message-ID"] = self._name(letter)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5
        message.set_content(letter.text)
        return message

    def _name(self, letter: Letter) -> str:
        named = sha256(f"{self._origin}\n{letter.id}\n{letter.to}".encode()).hexdigest()[:32]
        return f"<{named}@{self._sender.rpartition('@')[2]}>"

    def _connected(self) -> smtplib.SMTP:
        host, port = self._place
        if self._security == TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=self._context)
        else:
            server = smtplib.SMTP(host, port, timeout=self._timeout)
        try:
            if self._security == STARTTLS:
                server.starttls(context=self._context)
            if self._login is not None:
                server.login(*self._login)
        except BaseException:
            server.close()
            raise
        return server


def _address(text: str) -> Address:
    name, _, domain = text.rpartition("@")
    return Address(username=name, domain=domain)


def _said(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    shown = "".join(each if each.isprintable() else " " for each in text)[:200]
    return f"the mail server said {code} {shown}".rstrip()
