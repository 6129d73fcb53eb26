"""The pages on which people have facts verified: what is asked, who vouches for it, and what is kept in the end.

The words are for somebody who knows nothing of Licet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from licet.core.attestations import Attestation
from licet.core.facts import Fact
from licet.core.trust import Trust
from licet.pages import look
from licet.pages.blocks import Block, Card, Page, Pairs, Section, Text, table
from licet.pages.form import Choice, Copyable, Entry, Form, Scan, Way
from licet.pages.kept import HOW_LONG, NEVER, attested, kept_table
from licet.pages.qr import svg
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Names, Word, codes, shortened

ABOUT = "Verification"

MOST_NAMED = 30
"""Names of dropped claims that are listed."""

WARNING = (
    "Go on only if you yourself, or your own program, made that request. Whoever sent it gets the access that you open "
    "here: if somebody else gave you this address, close the page."
)


class Vouching(NamedTuple):
    """Who can vouch for which of the facts; `address` is where a sign-in begins, and `title` its provider's name."""

    trust: Trust
    facts: tuple[str, ...]
    address: str | None = None
    title: str | None = None


class Asking(NamedTuple):
    """What a wallet is asked by form: the address that it is sent to, and what goes along unseen."""

    action: str
    hidden: tuple[tuple[str, str], ...]


class Kept(NamedTuple):
    """What came of it: the attestations as the store has them, what was dropped, what is still unknown.

    `meanings` are those of facts, by name.
    """

    attestations: tuple[Attestation, ...]
    dropped: tuple[str, ...]
    missing: tuple[Fact, ...]
    meanings: Mapping[str, str]


def start_page(
    facts: Sequence[Fact],
    wallets: Sequence[Vouching],
    sign_ins: Sequence[Vouching],
    asking: Asking,
    *,
    until: datetime,
    why: str = "",
) -> str:
    """What is asked about somebody, who can vouch for it, and what would be kept. `why`: an attempt that failed."""
    lead = (
        (
            "A request to a model was refused, because it is not known of you whether this holds."
            " Once it is verified, the same request is decided anew at once."
        ),
        WARNING,
    )
    failed = (Section("failed", "What happened", (Text((sentence(why),)),)),) if why else ()
    sections = (
        *failed,
        Section("asked", "What is asked", _asked(facts)),
        Section("vouch", "Who can vouch for it", _ways(facts, wallets, sign_ins, asking)),
        Section("kept", "What will be kept", (kept_table(), Text(HOW_LONG))),
        Section(
            "never",
            "What is never kept",
            (Text(NEVER, listed=True), Pairs((("This address ends", until.replace(microsecond=0)),))),
        ),
    )
    return look.render(Page(ABOUT, "Have a fact about you verified", lead, (), sections))


def wallet_page(
    facts: Sequence[Fact],
    issuers: Collection[str],
    link: str,
    form: Form,
    again: Form,
    *,
    until: datetime,
    state: str,
    failed: str = "",
) -> str:
    """What a wallet is asked, the address that opens it, and where to enter the code that another device shows.

    `failed` is said first: what was just tried, and was not right.
    """
    here = (
        Text(("Your wallet shows you what it is asked before it sends anything. Afterwards it brings you back here.",)),
        Way(link, "Open the wallet on this device"),
    )
    there = (
        Text(
            (
                "Scan this with the wallet on the other device, or open the address below there.",
                "When it has shown what is asked, that device shows you a code. Enter it here.",
            )
        ),
        *_scan(link),
        Copyable("link", "Address for the wallet", link),
        form,
    )
    sections = (
        Section("here", "On this device", here),
        Section("there", "On another device", there),
        Section("request", "What your wallet is asked", (_request(facts, issuers, until, state), again)),
    )
    said = "Show the credential with your wallet. It is asked for exactly what is listed here, and for nothing else."
    return look.render(Page(ABOUT, "Show it with your wallet", (failed,) if failed else (said,), (), sections))


def _request(facts: Sequence[Fact], issuers: Collection[str], until: datetime, state: str) -> Pairs:
    return Pairs(
        (
            ("Asked for", Names(tuple(Code(each.name) for each in facts))),
            ("From", Names(tuple(Code(each) for each in sorted(issuers)))),
            ("Answer until", until.replace(microsecond=0)),
            ("State", state),
        )
    )


def _scan(link: str) -> tuple[Block, ...]:
    """The address as a picture, unless it is longer than any picture holds."""
    label = "The address for the wallet, as a QR code"
    try:
        return (Scan(svg(link, label), label),)
    except ValueError:
        return ()


def code_page(code: str) -> str:
    """The code that leads from the wallet's device back to the browser that began."""
    lead = (
        "Your wallet has shown what was asked. Enter this code in the browser window in which you began:",
        "Enter it nowhere else, and tell it to nobody. Whoever asks you for it wants access in your name.",
    )
    blocks = (
        Copyable("code", "Your code", code, large=True),
        Text(("It can be used once, within five minutes. Without it nothing is kept.",)),
    )
    return look.render(Page(ABOUT, "One more step", lead, (), (Section("enter", "Code", blocks),)))


def over_page(title: str, why: str, way: Way | None) -> str:
    """An attempt that came to nothing."""
    blocks: tuple[Block, ...] = (Text(("Nothing was kept.",)), *((way,) if way is not None else ()))
    return look.render(Page(ABOUT, title, (sentence(why),), (), (Section("next", "What now", blocks),)))


def kept_page(kept: Kept, way: Way | None) -> str:
    """Exactly what is now kept, as the store has it."""
    title = "This is now known of you" if kept.attestations else "Nothing new is known of you"
    lead = ["Send your request again: it is decided by this at once."] if kept.attestations else []
    if kept.missing:
        names = ", ".join(f"`{each.name}`" for each in kept.missing)
        lead.append(f"Still unknown: {names}. Depending on the rules, one of them may be enough.")
    sections = [Section("kept", "Exactly what is kept", attested(kept.attestations, kept.meanings))]
    sections.append(Section("dropped", "What was thrown away", (Text(_dropped(kept.dropped)),)))
    sections.append(Section("long", "How long", (Text(HOW_LONG),)))
    if kept.missing and way is not None:
        sections.append(Section("next", "What is still unknown", (*_asked(kept.missing), way)))
    return look.render(Page(ABOUT, title, tuple(lead), (), tuple(sections)))


def code_form(action: str, hidden: tuple[tuple[str, str], ...]) -> Form:
    """Where the code of another device is entered."""
    field = Entry("code", "Code", "Eight letters and figures, as in `7K3F-9QXB`.", most=20)
    return Form("enter", "The code that the other device shows", action, "Enter the code", (field,), hidden)


def again_form(action: str, hidden: tuple[tuple[str, str], ...], facts: Sequence[Fact]) -> Form:
    """Asking the wallet anew for the same."""
    named = tuple((fact_field(each.name), "yes") for each in facts)
    return Form("again", "Does it not work, or has it ended?", action, "Ask my wallet again", (), (*hidden, *named))


def fact_field(name: str) -> str:
    """The field of a form that stands for a fact."""
    return f"fact-{name}"


def sentence(words: str) -> str:
    """The words of an error as a sentence."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def lasting(span: timedelta | None) -> str:
    """How long a fact counts after it was attested, in words."""
    if span is None:
        return "as long as the credential or sign-in itself says"
    seconds = int(span.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds % length == 0:
            number = seconds // length
            return f"at most {number} {unit}{'' if number == 1 else 's'}"
    raise AssertionError("a whole number of seconds")


def _asked(facts: Sequence[Fact]) -> tuple[Block, ...]:
    rows: list[tuple[Word, ...]] = [(Code(each.name), each.meaning, each.source) for each in facts]
    return (table("facts", "Not known of you", ("Fact", "What it means", "Where it is defined"), rows),)


def _ways(
    facts: Sequence[Fact], wallets: Sequence[Vouching], sign_ins: Sequence[Vouching], asking: Asking
) -> tuple[Block, ...]:
    blocks: list[Block] = [_sign_in(number, each) for number, each in enumerate(sign_ins, 1)]
    if wallets:
        blocks += [_wallet(number, each) for number, each in enumerate(wallets, 1)]
        blocks.append(_wallet_form(facts, wallets, asking))
    if not blocks:
        blocks.append(Text(("Nobody is trusted to vouch for it here yet: ask the operator of this service.",)))
    vouched = {fact for each in (*wallets, *sign_ins) for fact in each.facts}
    left = [each.name for each in facts if each.name not in vouched]
    if left and vouched:
        names = ", ".join(f"`{name}`" for name in left)
        blocks.append(Text((f"For {names} nobody is trusted here yet: ask the operator of this service.",)))
    return tuple(blocks)


def _sign_in(number: int, each: Vouching) -> Card:
    blocks: list[Block] = [_vouching(each)]
    if each.address is not None:
        blocks.append(Way(each.address, f"Sign in at {each.title or each.trust.title or each.trust.attester}"))
    mark = Mark(Role.GAINS, "by signing in")
    return Card(f"sign-in-{number}", each.title or each.trust.title or each.trust.attester, mark, tuple(blocks))


def _wallet(number: int, each: Vouching) -> Card:
    mark = Mark(Role.GAINS, "with a credential in your wallet")
    title = each.trust.title or each.trust.attester
    return Card(f"wallet-{number}", title, mark, (_vouching(each, types=each.trust.types),))


def _vouching(each: Vouching, types: tuple[str, ...] = ()) -> Pairs:
    trust = each.trust
    levels = sorted({trust.facts[fact].level for fact in each.facts})
    return Pairs(
        (
            ("Vouches for", codes(each.facts)),
            ("Issuer", Code(trust.attester)),
            ("Type", codes(types) if types else None),
            ("Framework and level", ", ".join((*((trust.framework,) if trust.framework else ()), *levels))),
            ("Counts", lasting(trust.lasts)),
        )
    )


def _wallet_form(facts: Sequence[Fact], wallets: Sequence[Vouching], asking: Asking) -> Form:
    vouched = {fact for each in wallets for fact in each.facts}
    choices = tuple(
        Choice(fact_field(each.name), each.meaning, f"`{each.name}`") for each in facts if each.name in vouched
    )
    return Form(
        "wallet", "What your wallet is asked to show", asking.action, "Ask my wallet for this", choices, asking.hidden
    )


def _dropped(names: Sequence[str]) -> tuple[str, ...]:
    always = (
        "The presentation itself, the issuer's signature and your own: they were checked, and are gone. What is left "
        "of them is the digest above, and a keyed hash of the key of your credential."
    )
    if not names:
        return ("You showed nothing besides.", always)
    listed = ", ".join(f"`{shortened(name, 60).replace('`', '')}`" for name in names[:MOST_NAMED])
    listed += f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (
        (
            f"You also showed {listed}, which nobody had asked for. Its value was thrown away at once; "
            "have a look at what your wallet shows next time."
        ),
        always,
    )
