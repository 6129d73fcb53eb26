"""`licet decide` and `licet explain`: what the rulebook says of somebody and a model, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import click

from licet.cli.command import Session, command
from licet.cli.kinds import INSTANT, facts_from, model_named
from licet.cli.root import licet
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell, listed, pairs, short
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.trees import decision_tree, kind_of
from licet.core.decision import Decision, Outcome, Request
from licet.core.decision import decide as decided
from licet.core.facts import Value, complete
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.services.explain import explain as explained
from licet.services.rulebooks import in_force
from licet.services.subjects import expected, facts_at

STREAM = "stream"
"""The fact about a request that the gate observes."""

TONES = {Outcome.SERVE: Tone.GOOD, Outcome.SUBSTITUTE: Tone.WARN, Outcome.REFUSE: Tone.BAD}


class Question(NamedTuple):
    """Who asks for what, under which rulebook. `subject` is None for facts that were given on the command line."""

    rulebook: Rulebook
    request: Request
    subject: str | None

    @property
    def who(self) -> str:
        """The subject, in a sentence."""
        return self.subject or "somebody with these facts"


def asking(function: Callable[..., Reply]) -> Callable[..., Reply]:
    """The options of a question."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


OPTIONS = (
    click.option("--subject", "-s", help="Who asks: a subject that was imported."),
    click.option("--facts", "-f", help="Or what is known of whoever asks: us_citizen=false,citizenships=FR;DE"),
    click.option("--model", "-m", required=True, help="The model, by its name or an alias."),
    click.option("--at", type=INSTANT, default="now", show_default=True, help="The instant."),
    click.option(
        "--operation",
        type=click.Choice([each.value for each in Operation]),
        default=Operation.USE.value,
        show_default=True,
        help="What is done with the model.",
    ),
    click.option("--stream", is_flag=True, help="The answer is asked for as a stream."),
    click.option("--no-substitution", is_flag=True, help="The model itself or nothing."),
)


@command(
    licet,
    "decide",
    examples=(
        "licet decide --subject jean --model fable-5",
        "licet decide --subject jean --model fable-5 --at 2026-06-12T18:51:00-04:00 --json",
        "licet decide --facts 'us_citizen=false,citizenships=FR;DE' --model fable-5 --no-substitution",
    ),
)
@asking
def decide(session: Session, **asked: object) -> Reply:
    """Decide as the gate would: serve, substitute or refuse, and by which instruments.

    The exit code is 0 if the model itself is served, and 1 if not. Facts are written as in a CSV file of subjects;
    what is not given is unknown. `kind=workload` among them makes it a workload.
    """
    question = question_from(session, **asked)  # type: ignore[arg-type]
    decision = decided(question.rulebook, question.request)
    tree = decision_tree(decision, question.rulebook, question.subject)
    exit_ = Exit.OK if decision.outcome is Outcome.SERVE else Exit.NO
    return Reply(tree, [verdict_line(decision, question.who), details(decision, question.rulebook)], exit_)


@command(
    licet,
    "explain",
    examples=(
        "licet explain --subject jean --model fable-5",
        "licet explain --facts 'us_citizen=false' --model fable-5 --at 2026-06-12T19:00:00-04:00",
    ),
)
@asking
def explain(session: Session, **asked: object) -> Reply:
    """Say a decision in sentences: who, what, by which instruments and why, what is unknown, what would change it."""
    question = question_from(session, **asked)  # type: ignore[arg-type]
    decision = decided(question.rulebook, question.request)
    explanation = explained(question.rulebook, question.request, decision, subject=question.who)
    tree = decision_tree(decision, question.rulebook, question.subject)
    first, *rest = explanation.sentences
    reasons = Grid([[Line("-"), Line(sentence)] for sentence in rest])
    tree = {**tree, "sentences": list(explanation.sentences)}
    return Reply(tree, [Line(first, TONES[decision.outcome]), reasons])


def question_from(
    session: Session,
    *,
    subject: str | None,
    facts: str | None,
    model: str,
    at: datetime | None,
    operation: str,
    stream: bool,
    no_substitution: bool,
) -> Question:
    """The question of the options. Raises `Misnamed` for a subject, a fact or a model that there is not."""
    if (subject is None) == (facts is None):
        raise click.UsageError("say who asks, either with `--subject` or with `--facts`")
    rulebook = in_force(session.installation.store)
    at = at or session.installation.now()
    known = _stored(session, subject, rulebook, at) if subject is not None else facts_from(facts or "", rulebook.facts)
    if STREAM in rulebook.facts:
        known = {**known, STREAM: stream}
    name = model_named(rulebook, model).name
    request = Request(complete(rulebook.facts, known), name, operation, at, not no_substitution)
    return Question(rulebook, request, subject)


def _stored(session: Session, subject: str, rulebook: Rulebook, at: datetime) -> dict[str, Value]:
    record = session.installation.store.subject(subject)
    if record is None:
        raise Misnamed(f"there is no subject `{subject}`; `licet subjects list` names them")
    confirmed = expected(session.installation.store.confirmed(), session.installation.now(), at)
    return facts_at(record, rulebook.facts, rulebook.trusts(at), confirmed, at)


def verdict_line(decision: Decision, who: str) -> Line:
    """The decision in one line."""
    ending = {
        Outcome.SERVE: "is served it",
        Outcome.SUBSTITUTE: f"is served {decision.served} instead",
        Outcome.REFUSE: "is refused",
    }[decision.outcome]
    asks = f"{who} asks to {decision.operation} {decision.requested} at {decision.at.isoformat()}"
    return Line(f"{decision.outcome.value}: {asks} and {ending}", TONES[decision.outcome])


def details(decision: Decision, rulebook: Rulebook) -> Grid:
    """The reasons, by name."""
    named = [_named(name, rulebook) for name in decision.instruments]
    conflicts = sorted({name for verdict in decision.verdicts for name in verdict.conflicts})
    missing = "" if decision.instruments else "no release in force permits it"
    return pairs(
        ("by", listed(named) or missing),
        ("unknown", cell(listed(decision.unknown), Tone.WARN)),
        ("conflicts with", cell(listed(conflicts), Tone.WARN)),
        ("rulebook", f"{short(decision.rulebook)} (epoch {rulebook.epoch})"),
    )


def _named(name: str, rulebook: Rulebook) -> str:
    instrument = rulebook.instrument(name)
    return f"{kind_of(instrument)} {name}" if instrument else name
