"""`licet incident report`: the report of an incident to one authority, from the same facts as every other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from licet.cli.acts.deed import done, signed
from licet.cli.cases.countdown import countdown
from licet.cli.cases.given import split
from licet.cli.cases.officers import needs_officers
from licet.cli.command import Session, command
from licet.cli.incident.given import Incident, incident_of
from licet.cli.judging.given import FILE, write
from licet.cli.kinds import INSTANT
from licet.cli.options import TIMEOUT
from licet.cli.root import incident
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, listed
from licet.cli.terminal.exits import Exit, Misnamed
from licet.core.cases.incident_report import Given, IncidentReport
from licet.services.acts.carried import Carried
from licet.services.acts.what import What
from licet.services.cases.asked import NewEntry, acting_fields, exhibit
from licet.services.cases.incidents import DEVELOPER, Concerned
from licet.services.cases.reports import earlier_of, report
from licet.wire.incident_report import markdown, report_tree


@command(
    incident,
    "report",
    examples=(
        "licet incident report facts.yaml sb53",
        "licet incident report C-1 sb53 --output sb53.md --page sb53.html",
        "licet incident report C-1 gpai_code --event final_report --made --sign-with ann.key",
        "licet incident report C-1 sb53 --public --withhold plain_statement='names a customer'",
    ),
)
@click.argument("named", metavar="FILE|CASE")
@click.argument("duty")
@click.option(
    "--event", help="Which report: `report`, `amendment`, and where a duty knows them `update`, `final_report`."
)
@click.option("--at", type=INSTANT, help="As of when. [default: now]")
@click.option(
    "--withhold", multiple=True, metavar="FIELD=WHY", help="A field that is left out, and why; several add up."
)
@click.option("--public", is_flag=True, help="The public version: what is not public is withheld.")
@click.option("--output", "-o", type=FILE, help="Write the report there, as Markdown.")
@click.option("--page", type=FILE, help="Also write it as a page.")
@click.option("--made", is_flag=True, help="Enter it in the case of the duty as made: it stops the clock.")
@signed
@TIMEOUT
def report_(
    session: Session,
    /,
    named: str,
    duty: str,
    event: str | None,
    at: datetime | None,
    withhold: tuple[str, ...],
    public: bool,
    output: Path | None,
    page: Path | None,
    made: bool,
    timeout: float,
) -> Reply:
    """The report of an incident under one DUTY: its fields, what is unknown, what has changed since the last one.

    The first report by default, and once there is one in the case of the duty, its amendment.
    """
    found = incident_of(session, named, at)
    each = found.duty(duty)
    written = _written(found, each, event, dict(split(withhold)), public=public)
    text = markdown(written)
    blocks: list[Block] = []
    if output is not None:
        write(output, text)
        blocks.append(Line(f"the report is in {output}", Tone.QUIET))
    else:
        blocks += [Line(line) for line in text.rstrip("\n").split("\n")]
    if page is not None:
        write(page, session.world.incident_report_page(written))
        blocks.append(Line(f"the page is in {page}", Tone.QUIET))
    blocks += _left(written, found.now)
    tree = {**report_tree(written), "text": text}
    if not made:
        return Reply(tree, blocks)
    reply = _made(session, found, each, written, text, timeout)
    return Reply({**tree, "act": reply.tree["act"]}, [*blocks, *reply.blocks], reply.exit)


def _written(
    found: Incident, each: Concerned, event: str | None, withheld: Mapping[str, str], *, public: bool
) -> IncidentReport:
    return report(
        each.assessment,
        found.facts,
        at=found.now,
        about=found.title,
        event=event,
        incident=found.name,
        case=None if each.case is None else each.case.id,
        earlier=None if each.case is None else earlier_of(each.case),
        withheld=withheld,
        public=public,
    )


def _left(written: IncidentReport, now: datetime) -> list[Block]:
    blocks: list[Block] = []
    unknown = written.named(Given.UNKNOWN)
    if unknown:
        blocks.append(Line(f"unknown: {listed(unknown)}", Tone.WARN))
    deadline = written.clock.deadline if written.clock is not None else None
    if deadline is not None and deadline.due is not None:
        left = countdown(deadline.due, now, deadline.warned_from)
        blocks.append(Line(f"due {deadline.due.isoformat(timespec='seconds')}: {left.text}", left.tone))
    return blocks


def _made(
    session: Session, found: Incident, each: Concerned, written: IncidentReport, text: str, timeout: float
) -> Reply:
    """Enter a report in the case of its duty, with its text as an exhibit."""
    needs_officers(session)
    case = each.case
    if case is None:
        named = found.name or "CASE"
        raise Misnamed(
            f"no case is open for `{written.assessment.procedure.name}`: licet incident open {named} --duties"
        )
    rule = case.procedure.events[written.event]
    if written.is_public:
        raise Misnamed("the public version is not what the authority gets: leave out `--public` or `--made`")
    attached, content = exhibit(f"{written.event}-{written.number}.md", "text/markdown", text.encode())
    fields = {
        one.name: one.value for one in written.fields if one.given is not Given.WITHHELD and one.name in rule.needs
    }
    entry = NewEntry(case.id, case.number, written.event, DEVELOPER, fields, exhibits=(attached,))
    reply = done(session, What.CASE, acting_fields([entry]), timeout=timeout, carried=Carried(exhibits=(content,)))
    if reply.exit is Exit.WAITING:
        return reply
    return Reply(reply.tree, [*reply.blocks, Line(f"{case.id}: {rule.title}", Tone.GOOD)], reply.exit)
