"""What would let somebody in: a refusal leads to where exactly what is unknown of them can be verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from tests.gate.tokens import Issuer

from licet.core.decision import Decision, Request, decide
from licet.core.delegation import Party
from licet.core.facts import UNKNOWN, Value
from licet.core.rulebook import Rulebook
from licet.gate.inviting import Inviting
from licet.gate.refusal import Pages, explain
from licet.services.identity.carriers.invitation import LASTS, Invitation, open_invitation, seal_invitation
from licet.services.identity.carriers.verifiable import verifiable, where_verified
from licet.wire.documents import SourceFile, read_files
from licet.wire.failure import Failure

NOW = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)
SECRET = bytes(range(32))
OFFICE = "https://office.test"
LAW = (
    "model: m\nfamily: f\napis: [openai]\nupstream: {url: 'https://m.test'}\n---\n"
    "release: r\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\nmodels: [m]\nto: true\n---\n"
    "order: o\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\nmodels: [m]\n"
    "forbids: not (us_citizen or lpr or staff)\n---\n"
)
FACTS = {"oidc": "{staff: {claim: staff}}", "jwt": "{lpr: {claim: lpr}}", "sd-jwt-vc": "{us_citizen: {claim: us}}"}


def book(*carriers: str, more: str = "") -> Rulebook:
    text = LAW
    for carrier in carriers:
        types = {"types": "['https://id.test/vct']"} if carrier == "sd-jwt-vc" else {}
        facts = FACTS[carrier]
        text += (
            Issuer()
            .trust(more, name=f"t-{carrier}", carriers=f"[{carrier}]", facts=facts, **types)
            .replace("\n\n", "\n")
        )
    return read_files([SourceFile("law.yaml", text.encode(), lambda _: None)]).rulebook(1)


def decided(law: Rulebook, **known: Value) -> Decision:
    facts: dict[str, Value] = {name: known.get(name, UNKNOWN) for name in law.facts}
    return decide(law, Request(facts, "m", "use", NOW))


def refusal(
    law: Rulebook, *, subject: str | None = "maria", office: bool = True, whose: Party | None = None
) -> Failure:
    inviting = Inviting(OFFICE, partial(seal_invitation, SECRET, random_bytes=bytes)) if office else Inviting()
    pages = Pages("https://gate.test", "https://own.test/", inviting=inviting)
    return explain(decided(law), law, pages, "d1", subject=subject, whose=whose)


def told(failure: Failure, name: str) -> object:
    assert failure.licet is not None
    return failure.licet[name]


def test_exactly_what_can_be_verified_there_is_in_the_invitation() -> None:
    failure = refusal(book("oidc", "sd-jwt-vc", "jwt"))
    url = str(told(failure, "verify"))
    assert url.startswith(f"{OFFICE}/verify/") and "maria" not in url
    found = open_invitation(SECRET, url.removeprefix(f"{OFFICE}/verify/"), NOW)
    assert found == Invitation("maria", ("staff", "us_citizen"), NOW.replace(microsecond=0) + LASTS)
    assert told(failure, "verifiable") == ["staff", "us_citizen"] and told(failure, "unknown") == [
        "lpr",
        "staff",
        "us_citizen",
    ]
    assert "until 2026-07-01T12:30:00+00:00, have `staff`, `us_citizen` verified at" in failure.message


@pytest.mark.parametrize("carriers", [(), ("jwt",)])
def test_without_anything_to_verify_there_the_operators_own_page_stays(carriers: tuple[str, ...]) -> None:
    failure = refusal(book(*carriers))
    assert told(failure, "verify") == "https://own.test/" and told(failure, "verifiable") == []


def test_without_an_office_nobody_is_invited() -> None:
    failure = refusal(book("oidc"), office=False)
    assert told(failure, "verify") == "https://own.test/" and "have it verified at https://own.test/" in failure.message


def test_a_document_that_ended_invites_nobody() -> None:
    law = book("oidc", more="until: 2026-07-01T12:00:00Z")
    assert verifiable(law, NOW) == frozenset() and verifiable(law, NOW - timedelta(days=1)) == {"staff"}


def test_an_operator_is_told_what_can_be_verified_by_whose_word_and_what_not() -> None:
    law, before = book("oidc", more="until: 2026-07-01T12:00:00Z"), NOW - timedelta(days=1)
    nobody = "no trust document lets them have verified: {}; officers attest it on paper (`licet attest`)"
    assert where_verified(["staff", "lpr"], law, NOW) == nobody.format("lpr, staff")
    (name,) = (trust.name for trust in law.trusts(before))
    there = f"people can have verified at the office: staff ({name})"
    assert where_verified(["staff"], law, before) == there
    assert where_verified(["staff", "lpr"], law, before) == f"{there}; {nobody.format('lpr')}"


def test_of_two_the_one_whose_decision_it_is_is_invited() -> None:
    failure = refusal(book("oidc"), subject="the-person", whose=Party.PERSON)
    url = str(told(failure, "verify"))
    assert open_invitation(SECRET, url.rpartition("/")[2], NOW).subject == "the-person"
    assert "Not known about the person for whom you act: `lpr`" in failure.message
    assert "Not known about you: " in refusal(book("oidc"), whose=Party.AGENT).message


def test_where_no_fact_can_help_nobody_is_invited() -> None:
    law = book("oidc", "sd-jwt-vc")
    decision = decided(law, us_citizen=False, lpr=False, staff=False)
    pages = Pages("https://gate.test", inviting=Inviting(OFFICE, partial(seal_invitation, SECRET, random_bytes=bytes)))
    failure = explain(decision, law, pages, "d1", subject="maria")
    assert told(failure, "verify") is None and OFFICE not in failure.message
    assert pages.inviting.invited(replace_unknown(decision), "maria", law) is None


def replace_unknown(decision: Decision) -> Decision:
    """The same of a fact that no document names."""
    return decision._replace(verdicts=(decision.verdicts[0]._replace(unknown=("org",)),))
