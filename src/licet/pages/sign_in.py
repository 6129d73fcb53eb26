"""The pages of signing in: where somebody is sent and what for, and exactly what was kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from licet.core.attestations import Attestation
from licet.core.facts import Fact
from licet.pages import look
from licet.pages.blocks import Block, Card, Page, Pairs, Section, Text, table
from licet.pages.form import Way
from licet.pages.kept import HOW_LONG, attested
from licet.pages.role import Role
from licet.pages.verify import WARNING
from licet.pages.words import Code, Mark, Word, codes

ABOUT = "Signing in"

ALWAYS = (
    "The tokens of this sign-in: they were checked, and are gone. What is left of them is the digest above, and a "
    "keyed hash of the name of your account, so that the same account always leads to the same caller."
)

ALONE = (
    "Go on only if you came here by yourself. Your account there will stand for one caller of this service from now "
    "on: if you have an API key already, begin with the address in a refusal, so that it stands for that one."
)


class Offer(NamedTuple):
    """A provider at which somebody can sign in, the facts that it is believed, and where to go on."""

    title: str
    issuer: str
    facts: tuple[str, ...]
    address: str


class Kept(NamedTuple):
    """What came of a sign-in. `missing` are facts that were asked for and not said, `thrown` kinds of claims.

    `subject` is told to nobody but whom it was made for just now; `late`: a gate process has yet to hear of it.
    `meanings` are those of facts, by name.
    """

    subject: str | None
    attestations: tuple[Attestation, ...]
    withdrawn: tuple[str, ...]
    missing: tuple[str, ...]
    thrown: tuple[str, ...]
    late: bool
    meanings: Mapping[str, str]


def start_page(facts: Sequence[Fact], offers: Sequence[Offer], until: datetime | None) -> str:
    """Where to sign in, for which facts."""
    lead = (
        (
            "Sign in at your organisation, and it says whether these facts hold for you. Nothing else of it is kept."
            if offers
            else "Nobody at whom people sign in here is trusted for what is asked: ask the operator of this service."
        ),
        WARNING if until is not None else ALONE,
    )
    rows: list[tuple[Word, ...]] = [(Code(each.name), each.meaning, each.source) for each in facts]
    asked: list[Block] = [table("facts", "Asked of you", ("Fact", "What it means", "Where it is defined"), rows)]
    if until is not None:
        asked.append(Pairs((("This address ends", until),), quiet=True))
    cards = tuple(_card(number, each) for number, each in enumerate(offers, 1))
    sections = [Section("asked", "What is asked", tuple(asked))]
    sections += [Section("where", "Where you sign in", cards)] if cards else []
    return look.render(Page(ABOUT, "Sign in to have facts verified", lead, (), tuple(sections)))


def kept_page(kept: Kept) -> str:
    """Exactly what is kept, and the kinds of what was thrown away."""
    title = "This is now known of you" if kept.attestations else "Nothing new is known of you"
    lead = ["Send your request again: it is decided by this at once."] if kept.attestations else []
    if kept.late:
        lead.append("A process of the gate has not confirmed it yet; it follows within seconds, or stops serving.")
    if kept.missing:
        lead.append(f"Your provider said nothing about {_named(kept.missing)}.")
    if kept.withdrawn:
        lead.append(f"What it said earlier about {_named(kept.withdrawn)} was taken back, and is unknown now.")
    sections = [Section("kept", "Exactly what is kept", _attested(kept))]
    sections.append(Section("thrown", "What was thrown away", (Text(_thrown(kept.thrown)),)))
    sections.append(Section("long", "How long", (Text(HOW_LONG),)))
    return look.render(Page(ABOUT, title, tuple(lead), (), tuple(sections)))


def _card(number: int, each: Offer) -> Card:
    told = Pairs((("Vouches for", codes(each.facts)), ("Issuer", Code(each.issuer))))
    way = Way(each.address, f"Sign in at {each.title}")
    return Card(f"provider-{number}", each.title, Mark(Role.GAINS, "by signing in"), (told, way))


def _attested(kept: Kept) -> tuple[Block, ...]:
    known = () if kept.subject is None else (Pairs((("You are known here as", Code(kept.subject)),)),)
    return (*known, *attested(kept.attestations, kept.meanings))


def _thrown(kinds: Sequence[str]) -> tuple[str, ...]:
    said = f"Your provider also told us {', '.join(kinds)}." if kinds else "Your provider told us nothing besides."
    return (f"{said} None of it was written anywhere." if kinds else said, ALWAYS)


def _named(facts: Sequence[str]) -> str:
    return ", ".join(f"`{each}`" for each in facts)
