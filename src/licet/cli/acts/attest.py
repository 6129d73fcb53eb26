"""`licet attest` and `licet retract`: the operator's own word about somebody, by two officers and until a day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from licet.cli.acts.deed import done, signed
from licet.cli.command import Session, command
from licet.cli.kinds import WRITTEN, facts_from
from licet.cli.options import TIMEOUT
from licet.cli.root import licet
from licet.cli.terminal.blocks import Reply
from licet.cli.terminal.exits import Misnamed
from licet.core.trust import LEVELS
from licet.services.acts.what import What
from licet.services.rulebooks import in_force
from licet.services.subjects import NATURAL_PERSON
from licet.wire.values import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.core.facts import Fact

REASON = click.option("--reason", required=True, help="Why; kept with it, so without personal data.")


@command(
    licet,
    "attest",
    examples=(
        (
            "licet attest u-7q2m us_citizen=true --reason 'came in person' --evidence passport --level high \\\n"
            "    --framework 'house rules 3' --until 2027-06-30T00:00:00Z --sign-with ann.key"
        ),
    ),
)
@click.argument("subject")
@click.argument("facts", nargs=-1, required=True, metavar="FACT=VALUE...")
@REASON
@click.option("--evidence", required=True, help="Which kind of evidence was seen: a kind, never its number.")
@click.option(
    "--level", required=True, type=click.Choice(sorted(LEVELS)), help="The assurance level that this evidence gives."
)
@click.option("--framework", required=True, help="The trust framework by which it was examined.")
@click.option("--until", required=True, type=WRITTEN, help="From when on it is unknown again.")
@signed
@TIMEOUT
def attest(
    session: Session,
    subject: str,
    facts: tuple[str, ...],
    reason: str,
    evidence: str,
    level: str,
    framework: str,
    until: datetime,
    timeout: float,
) -> Reply:
    """Attest facts of a subject on evidence that somebody saw. It counts once another officer has approved it.

    FACT=VALUE is written as a cell of a CSV file of subjects: us_citizen=false, 'citizenships=FR;DE'.
    """
    _needs_officers(session)
    declared = in_force(session.installation.store).facts
    fields = {
        "subject": subject,
        "facts": values_of(facts, declared),
        "reason": reason,
        "evidence": evidence,
        "level": level,
        "framework": framework,
        "until": until.isoformat(),
    }
    return done(session, What.ATTEST, fields, timeout=timeout)


@command(licet, "retract", examples=("licet retract u-7q2m us_citizen --reason 'the passport was another one'",))
@click.argument("subject")
@click.argument("facts", nargs=-1, required=True, metavar="FACT...")
@REASON
@signed
@TIMEOUT
def retract(session: Session, subject: str, facts: tuple[str, ...], reason: str, timeout: float) -> Reply:
    """Withdraw what the operator attested of a subject: it is unknown from now on.

    One officer is enough, unless an issuer says something of the same fact, which would count again.
    """
    _needs_officers(session)
    fields = {"subject": subject, "facts": list(facts), "reason": reason}
    return done(session, What.RETRACT, fields, timeout=timeout)


def values_of(facts: tuple[str, ...], declared: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts as they are written, with values as JSON has them."""
    if any("," in each for each in facts):
        raise Misnamed("write each fact as an argument of its own: `us_citizen=false lpr=true`")
    named = {each.partition("=")[0].removesuffix("_complete") for each in facts}
    if "kind" in named:
        raise Misnamed("`kind` is no fact: what a subject is, it is for good")
    found = facts_from(",".join(facts), declared)
    return {name: to_json(value) for name, value in found.items() if name in named or name != NATURAL_PERSON}


def _needs_officers(session: Session) -> None:
    if not session.governed:
        raise Misnamed(
            "only officers attest, and there are none yet: `licet officers appoint` appoints the first; until then"
            " `licet subjects import` adds facts"
        )
