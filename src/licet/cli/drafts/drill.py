"""`licet drill`: an order for named subjects and a limited time, and what it did to them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from licet.cli.acts.deed import signed
from licet.cli.command import Session, command
from licet.cli.drafts.drill_report import report_blocks, report_tree
from licet.cli.enact import enacted, warranted
from licet.cli.kinds import DURATION
from licet.cli.options import ACTOR, TIMEOUT, YES
from licet.cli.review import PROOF_SECONDS
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, listed, pairs
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.live import live
from licet.cli.terminal.screen import screen
from licet.cli.terminal.told import reached
from licet.cli.terminal.trees import Tree, instant
from licet.core.drill import Checked, DrillReport
from licet.core.instruments import Order, Streams
from licet.services.drill import Plan, check_drill, order_of, plan
from licet.services.drill_report import drill_named, report
from licet.services.enact import EnactReport
from licet.services.identity.pseudonyms import naming
from licet.services.rulebooks import Proposal, in_force, propose
from licet.wire.documents import SourceFile

EVERY_SECONDS = 1.0
SETTLE_SECONDS = 3.0
"""How long after its end a drill is still watched, to see it end."""

REST = 10
"""The journal is read anew for the screen after so many times as long as reading it took."""


@command(
    licet,
    "drill",
    examples=(
        "licet drill --model fable-5 --subject jean --subject acme-agent --for 10m",
        "licet drill -m fable-5 -s jean --for 60s --reasons 'quarterly exercise' --html drill.html --yes",
        "licet drill -m fable-5 -s jean --for 2h --no-wait",
        "licet drill report drill-2026-11-20-1 --html drill.html",
    ),
)
@click.argument("later", nargs=-1, metavar="[report NAME]")
@click.option("--model", "-m", "models", multiple=True, help="A model that the named may not use; several add up.")
@click.option("--subject", "-s", "subjects", multiple=True, help="Somebody whom it is for; several add up.")
@click.option("--for", "length", type=DURATION, default="10m", show_default=True, help="How long: 90s, 10m, 2h.")
@click.option(
    "--streams",
    type=click.Choice([each.value for each in Streams]),
    default=Streams.CUT.value,
    show_default=True,
    help="What happens to their open answers.",
)
@click.option("--reasons", help="Why, in your words; that it is a drill is said anyway.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write the report as a page.")
@click.option("--no-wait", is_flag=True, help="Return once it is in force; report later.")
@ACTOR
@signed
@YES
@TIMEOUT
def drill(
    session: Session,
    later: tuple[str, ...],
    models: tuple[str, ...],
    subjects: tuple[str, ...],
    length: timedelta,
    streams: str,
    reasons: str | None,
    html: Path | None,
    no_wait: bool,
    actor: str | None,
    yes: bool,
    timeout: float,
) -> Reply:
    """Enact an order for named subjects only, for a limited time; watch what happens to them; report.

    Nobody else is touched: that is compared before it is enacted, and counted afterwards. It ends by itself, whatever
    becomes of this command. `licet drill report NAME` makes the report of an earlier drill.
    """
    if later:
        if len(later) != 2 or later[0] != "report" or models or subjects:
            raise click.UsageError("say `licet drill report NAME`, or name models and subjects with options")
        return _reply(session, _read(session, later[1]), html, ())
    planned = partial(
        plan,
        in_force(session.installation.store),
        session.installation.store,
        models=models,
        subjects=subjects,
        length=length,
        streams=Streams(streams),
        reasons=reasons,
        actor=actor or session.world.actor,
    )
    if not _agreed(session, planned(now=session.installation.now()), yes=yes):
        return Reply({"enacted": False}, [Line("nothing was enacted")], Exit.NO)
    order, checked, done = _enacted(session, planned(now=session.installation.now()), actor, timeout)
    if no_wait:
        return _begun(order, checked, done)
    return _watched(session, order, checked, done, html)


def _agreed(session: Session, planned: Plan, *, yes: bool) -> bool:
    if yes or session.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    screen(sys.stdout).show(
        [
            pairs(
                ("drill", Line(planned.name, Tone.STRONG)),
                ("forbids", Line(listed(planned.models), Tone.BAD)),
                ("to", f"{listed(planned.subjects)}, and to nobody else"),
                ("until", f"{planned.ends.isoformat(timespec='seconds')}, by itself"),
                ("streams", planned.streams.value),
            )
        ]
    )
    return click.confirm("enact it?", err=True)


def _enacted(session: Session, planned: Plan, actor: str | None, timeout: float) -> tuple[Order, Checked, EnactReport]:
    """Check a drill against everybody else, and enact it as `licet enact` does."""
    store = session.installation.store
    file = f"{planned.name}.yaml"
    proposal: Proposal = propose(store, [SourceFile(file, planned.text.encode(), lambda _: None)])
    order = order_of(proposal, planned)
    prover = session.world.provers(session.installation.now(), limit=PROOF_SECONDS)
    checked = check_drill(proposal.before, proposal.rulebook, order, store.subjects(), store.confirmed(), prover)
    return order, checked, enacted(session, proposal, warranted(session, proposal), actor, timeout)


def _begun(order: Order, checked: Checked, done: EnactReport) -> Reply:
    """What is known once it is in force."""
    assert order.until is not None
    tree: Tree = {
        "enacted": True,
        "name": order.name,
        "epoch": done.enactment.epoch,
        "begins": instant(order.from_),
        "ends": instant(order.until),
        "compared": checked.subjects,
    }
    blocks: list[Block] = [
        Line(f"{order.name} is in force until {order.until.isoformat(timespec='seconds')}", Tone.STRONG),
        *reached(done),
        Line(f"`licet drill report {order.name}` says what it did; `licet lift {order.name}` ends it before"),
    ]
    return Reply(tree, blocks, Exit.OK if done.everywhere else Exit.NOT_EVERYWHERE)


def _watched(session: Session, order: Order, checked: Checked, done: EnactReport, html: Path | None) -> Reply:
    """Wait for its end, and show on a terminal how it is going."""
    read = partial(_read, session, order.name, done, checked)
    seen = read()
    said: list[Block] = []
    try:
        with live(sys.stdout, wanted=not session.json) as show:
            show(report_blocks(seen, running=True))
            seen = _until_over(session, read, seen, lambda found: show(report_blocks(found, running=True)))
    except KeyboardInterrupt:
        seen = read()
        said.append(Line(f"the drill goes on until {instant(seen.ends)}; `licet lift {order.name}` ends it before"))
    return _reply(session, seen, html, said)


def _until_over(
    session: Session, read: Callable[[], DrillReport], seen: DrillReport, show: Callable[[DrillReport], None]
) -> DrillReport:
    """The report when the drill has been over for a moment; its end may move, if it is lifted."""
    clock, stopwatch = session.installation.now, session.world.stopwatch
    rest = EVERY_SECONDS
    while (left := (seen.ends - clock()).total_seconds() + SETTLE_SECONDS) > 0:
        time.sleep(min(rest, left))
        start = stopwatch()
        seen = read()
        rest = max(EVERY_SECONDS, REST * (stopwatch() - start))
        show(seen)
    return read()


def _read(session: Session, name: str, done: EnactReport | None = None, checked: Checked | None = None) -> DrillReport:
    installation = session.installation
    facts = drill_named(installation.store, name, naming(installation.pseudonyms))
    now = installation.now()
    return report(installation.store, facts, installation.records, now, enacted=done, checked=checked)


def _reply(session: Session, seen: DrillReport, html: Path | None, said: Sequence[Block]) -> Reply:
    blocks: list[Block] = [*report_blocks(seen), *said]
    tree = report_tree(seen)
    if html is not None:
        try:
            html.write_text(session.world.drill_page(seen), encoding="utf-8")
        except OSError as error:
            raise Misnamed(f"cannot write `{html}`: {error.strerror}") from error
        tree, blocks = {**tree, "html": str(html)}, [*blocks, Line(f"the report is in {html}", Tone.QUIET)]
    exit_ = Exit.NOT_EVERYWHERE if seen.silent else Exit.NO if seen.failures else Exit.OK
    return Reply(tree, blocks, exit_)
