"""The command `licet` itself: its commands and groups, and its global options."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from licet.cli.command import Session
from licet.cli.terminal.exits import MEANINGS

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Set up a gate around a model API that you name."),
    "serve": ("serve", "Run the gate."),
    "office": ("office", "Run the office alone: where people are verified and members pushed."),
    "status": ("status", "What is in force, who enforces it, what changes next."),
    "check": ("check", "Are these documents in order? Changes nothing."),
    "preview": ("drafts.preview", "Whom would these documents touch? Changes nothing."),
    "prove": ("drafts.prove", "Do properties hold for everybody who could ever ask? Changes nothing."),
    "diff": ("drafts.diff", "Whom do two rulebooks decide differently, when and why? Changes nothing."),
    "review": ("drafts.review", "All that there is to read before signing: checks, counts, difference, proofs."),
    "enact": ("enact", "Put documents in force, and wait for every gate process."),
    "shadow": ("drafts.shadow", "Evaluate a draft beside the rulebook on live traffic; enforces nothing."),
    "drill": ("drafts.drill", "An order for named subjects and a limited time; what it did to them."),
    "lift": ("lift", "End instruments."),
    "proposals": ("acts.approve", "What waits for a second officer, and what became of the rest."),
    "approve": ("acts.approve", "Agree to what another officer proposed, which takes effect by that."),
    "withdraw": ("acts.approve", "Take a proposal back."),
    "decide": ("decide", "Would this subject be served this model?"),
    "explain": ("decide", "The same in sentences: why, and what would change it."),
    "rulebook": ("status", "The instruments in force, at any instant."),
    "export": ("drafts.export", "The rulebook as files that others can read and run."),
    "officers": ("acts.officers", "Who may do what: officers, their roles and keys."),
    "attest": ("acts.attest", "Say facts of somebody, by two officers, until a day."),
    "retract": ("acts.attest", "Withdraw what the operator attested."),
    "screen": ("identity.screening", "Who resembles an entry of a screening list, and what a person decided about it."),
    "subjects": ("identity.subjects", "Who asks, and what is attested about them."),
    "facts": ("identity.facts", "What is known of a subject, and why; and forgetting it."),
    "pseudonyms": ("identity.pseudonyms", "The names of subjects in journal and record: list, rotate, destroy."),
    "keys": ("keys", "API keys: make, list, revoke; the keys of the log and of witnesses."),
    "scim": ("identity.scim", "Organisations that push their members: make, list and revoke their tokens."),
    "journal": ("journal", "What the gate decided."),
    "report": ("record.report", "The compliance report of an order."),
    "record": ("record", "The public record: publish, seal, serve, disclose."),
    "prove-decision": ("record.prove_decision", "Write the proof of one decision, for anybody to verify."),
    "verify": ("record.verify", "Is the public record what its keeper says? Needs no state and no extras."),
    "witness": ("record.witness", "Cosign the checkpoints of logs, as a process of its own."),
    "monitor": ("record.monitor", "Follow a log that somebody keeps: does it only grow, and what is new in it?"),
    "trials": ("judging.trials", "Trials from the logs of evaluations: read them, check them, validate judges."),
    "judge": ("judging.judge", "What evidence says of a threshold, a reported way around safeguards, a patch."),
    "procedures": ("cases.procedures", "What is in force for cases: procedures, clocks, criteria."),
    "case": ("cases", "Cases: open them, act on them, decide them, appeal; each with what is possible now."),
    "incident": (
        "incident.commands",
        "Which duties to report an incident apply, what is due when, and the report of each.",
    ),
    "clocks": ("cases.due", "What is due, soonest first."),
    "register": ("cases.register", "The public register of cases: its numbers, and publishing it."),
    "demo": ("serve", "Play the cycle of June 2026 with a real small model."),
    "demo-cases": ("serve", "Play June 2026 as it should have been: criteria, clocks, an appeal, a public register."),
    "demo-evidence": ("serve", "Play the dispute of June 2026 on stand-ins: measured, judged, enacted."),
}
"""Each command, in the order in which a person meets them: the module that adds it to `licet`, and what it is for."""


SHOWING = {"list": "showing", "show": "showing", "help": "showing", "queue": "queue"}
"""The commands of `licet case` that are called most, by their modules in `licet.cli.cases`."""


class CaseGroup(click.Group):
    """Loads for a command that only shows the module of that command; for every other one, all of the group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of their names."""
        import_module("licet.cli.cases.commands")
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, from its module."""
        import_module(f"licet.cli.cases.{SHOWING.get(cmd_name, 'commands')}")
        return super().get_command(ctx, cmd_name)


class Root(click.Group):
    """Loads the module of a command when the command is called, so that each starts as fast as it can."""

    def list_commands(self, _: click.Context) -> list[str]:
        """The commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, from its module."""
        if cmd_name in COMMANDS:
            import_module(f"licet.cli.{COMMANDS[cmd_name][0]}")
        return super().get_command(ctx, cmd_name)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """What each command is for, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def format_epilog(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """What the exit codes mean."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), meaning) for code, meaning in MEANINGS.items()])


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "configuration",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="LICET_CONFIG",
    show_envvar=True,
    help="The configuration; ./licet.yaml if none is named.",
)
@click.option(
    "--admin",
    metavar="URL",
    envvar="LICET_ADMIN",
    show_envvar=True,
    help="The office of an installation elsewhere, instead of one here.",
)
@click.option(
    "--sign-with",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="LICET_OFFICER_KEY",
    show_envvar=True,
    help="The file of your private key, by which an office lets you in.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document, errors too.")
@click.version_option(package_name="licet", message="licet %(version)s", help="Say which version.")
@click.pass_obj
def licet(
    session: Session, configuration: Path | None, admin: str | None, sign_with: Path | None, as_json: bool
) -> None:
    """Turns legal orders about AI models into access that is exact, immediate, reversible and provable.

    A gate stands in three commands: `licet init`, `licet serve`, and a request with the key that `init` printed.
    """
    session.named = configuration
    session.admin = admin
    session.sign_with = sign_with
    session.json = session.json or as_json


@licet.group()
def subjects() -> None:
    """Who asks, and what is attested about them."""


@licet.group()
def screen() -> None:
    """Who resembles an entry of a screening list, and what a person decided about it."""


@licet.group()
def officers() -> None:
    """Who may do what: officers, their roles and keys."""


@licet.group()
def keys() -> None:
    """API keys: each is shown once, and can be revoked at once. Also the private keys of the log and of witnesses."""


@licet.group()
def scim() -> None:
    """Organisations that push their members (SCIM 2.0): each by a token that is shown once."""


@licet.group()
def journal() -> None:
    """The record of every decision that the gate made."""


@licet.group()
def export() -> None:
    """The rulebook as files that others can read and run."""


@licet.group()
def trials() -> None:
    """Trials from the logs of evaluations: what is there, what is missing, what was changed."""


@licet.group()
def judge() -> None:
    """What evidence says of a threshold, of a reported way around safeguards, of a patch."""


@licet.group()
def record() -> None:
    """The public record: what is published of the law and of the journal."""


@licet.group()
def procedures() -> None:
    """What is in force for cases: procedures with their states, events and clocks; diagrams; criteria."""


@licet.group(cls=CaseGroup)
def case() -> None:
    """Cases: applications, appeals, incidents and the like, each under a published procedure with its clocks."""


@licet.group()
def incident() -> None:
    """Incidents: which duties to report them apply and why, what is due when, and each authority's report."""


@licet.group()
def register() -> None:
    """The public register: procedures in force, cases as the public sees them, times against the clocks."""
