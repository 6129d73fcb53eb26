"""The pages of officers: signing in, what waits, one act in words, and making a passkey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from licet.pages import look
from licet.pages.blocks import Block, Card, Page, Pairs, Section, Source, Text
from licet.pages.form import Entry, Form, Push, Way
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Word

ABOUT = "Administration"
SCRIPT = "/admin/passkey.js"
HOME = "/admin/"

UNSIGNED = "Whatever is approved is signed by itself: signing in only says who you are."


LONGEST_REASON = 500


class Document(NamedTuple):
    """A document that an act names: its kind, name and digest, and its text; None where that is not there any more."""

    kind: str
    name: str
    digest: str
    text: str | None


class Waits(NamedTuple):
    """An act that waits: its ID, what it does, who proposed it and when."""

    id: str
    headline: str
    actor: str
    at: str


def sign_in_page(providers: Sequence[tuple[str, str]], token: str) -> str:
    """Where officers sign in: with a passkey, or at an identity provider (its title and issuer)."""
    ways: list[Block] = [Push("passkey", "Sign in with a passkey", "sign in")]
    ways += [
        Form(
            f"provider-{number}",
            "With an account that an administrator has entered for you",
            "/admin/sign-in",
            f"Sign in at {title}",
            hidden=(("provider", issuer), ("token", token)),
        )
        for number, (title, issuer) in enumerate(providers, 1)
    ]
    note = Text(("There are no passwords. An administrator invites you to make a passkey.", UNSIGNED))
    return _page("Sign in", ("These pages are for officers of this service.",), [_section("How", (*ways, note))])


def waiting_page(officer: str, roles: Sequence[str], waiting: Sequence[Waits], token: str) -> str:
    """What waits for somebody to approve it."""
    lead = (f"You are signed in as `{officer}`: {', '.join(roles)}.", UNSIGNED)
    cards: tuple[Block, ...] = tuple(
        Card(
            each.id,
            _capital(each.headline),
            Mark(Role.WARNING, "waits"),
            (Pairs((("Proposed by", each.actor), ("On", each.at))), Way(f"/admin/acts/{each.id}", "Read it")),
        )
        for each in waiting
    )
    nothing = Text(("Nothing waits.",))
    leave = Push("leave", "Sign out", "sign out", token=token)
    sections = [_section("What waits", cards or (nothing,)), _section("You", (leave,))]
    return _page("What waits for approval", lead, sections)


def act_page(
    id_: str,
    headline: str,
    rows: Sequence[tuple[str, str]],
    *,
    token: str,
    settled: str | None,
    why_not: str | None,
    documents: Sequence[Document] = (),
    withdraws: bool = False,
) -> str:
    """One act in words. `settled`: what became of it; `why_not`: why this officer cannot approve it with a passkey.

    `documents` are what it puts in force, whole; `withdraws`: this officer can take it back with a passkey.
    """
    told: list[tuple[str, Word]] = [
        (_capital(name), Code(value) if name == "digest" else value) for name, value in rows
    ]
    blocks: list[Block] = []
    if settled is not None:
        blocks.append(Text((f"It does not wait: {settled}.",)))
    elif why_not is not None:
        blocks.append(Text((why_not,)))
    else:
        blocks.append(
            Push(
                "approve",
                "Approve and sign with a passkey",
                "approve",
                id_,
                token,
                "Your passkey signs the digest above.",
            )
        )
    if settled is None and withdraws:
        entry = Entry(
            "reason", "Or take it back, and say why (it is kept, so without personal data):", "", LONGEST_REASON
        )
        note = "Your passkey signs the reason with the digest above."
        blocks.append(Push("withdraw", "Take it back and sign with a passkey", "withdraw", id_, token, note, entry))
    sections = [
        _section("What it says", (Pairs((("Act", Code(id_)), *told)),)),
        *([_section("The documents", _sources(documents))] if documents else []),
        _section("What you say to it", (*blocks, Way(HOME, "Back to what waits"))),
    ]
    return _page(_capital(headline), (), sections)


def _sources(documents: Sequence[Document]) -> tuple[Block, ...]:
    lead = Text(("Each as it is kept and signed, every member of it; only the line breaks are ours.",))
    sources = (
        Source(
            f"document-{number}",
            f"{each.kind} {each.name}, {each.digest}",
            "(its text is not there any more)" if each.text is None else each.text,
        )
        for number, each in enumerate(documents, 1)
    )
    return (lead, *sources)


def register_page() -> str:
    """Where somebody who was invited makes a passkey. The invitation is in the part of the address that is not sent."""
    lead = ("You were invited to act for this service. Make a passkey on this device: it never leaves it.",)
    blocks = (Push("register", "Make a passkey", "register"), Way(HOME, "Go on to sign in"))
    return _page("Make a passkey", lead, [_section("Your passkey", blocks)])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _section(title: str, blocks: tuple[Block, ...]) -> Section:
    return Section(title.lower().replace(" ", "-"), title, blocks)


def _page(title: str, lead: tuple[str, ...], sections: Sequence[Section]) -> str:
    return look.render(Page(ABOUT, title, lead, (), tuple(sections), script=SCRIPT))
