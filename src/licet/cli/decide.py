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
from licet.cli.terminal.trees import Tree, decision_tree, kind_of
from licet.core.decision import Decision, Outcome, Request
from licet.core.decision import decide as decided
from licet.core.delegation import Party, decide_for_both
from licet.core.facts import Value, complete
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.core.withheld import Withheld
from licet.services.explain import explain as explained
from licet.services.rulebooks import in_force
from licet.services.subjects import expected, facts_at
from licet.services.withholding import sentence, withholding
from licet.services.withholding import tree as withheld_tree

STREAM, COUNTRY = "stream", "ip_country"
"""The facts about a request that the gate observes."""

TONES = {Outcome.SERVE: Tone.GOOD, Outcome.SUBSTITUTE: Tone.WARN, Outcome.REFUSE: Tone.BAD}


class Question(NamedTuple):
    """Who asks for what, under which rulebook. `subject` is None for facts that were given on the command line.

    `acts_for` is the person on whose behalf it is asked, and `person` the same request with that person's facts.
    """

    rulebook: Rulebook
    request: Request
    subject: str | None
    acts_for: str | None = None
    person: Request | None = None

    @property
    def who(self) -> str:
        """The subject, in a sentence."""
        found = self.subject or "somebody with these facts"
        return found if self.acts_for is None else f"{found}, acting for {self.acts_for},"


class Answer(NamedTuple):
    """A decision, and where somebody acts for somebody, whose it is."""

    decision: Decision
    whose: Party | None

    def tree(self, question: Question) -> Tree:
        """The same as JSON."""
        whose = None if self.whose is None else self.whose.name.lower()
        tree = decision_tree(self.decision, question.rulebook, question.subject)
        tree["requirements"] = [withheld_tree(each) for each in withholding_of(self.decision, question.rulebook)]
        return {**tree, "acts_for": question.acts_for, "whose": whose}


def answered(question: Question) -> Answer:
    """What the gate would decide; of two, by the facts of each."""
    person = question.person
    if person is None:
        return Answer(decided(question.rulebook, question.request), None)

    def alone(party: Party, model: str, substitution: bool) -> Decision:
        request = person if party is Party.PERSON else question.request
        return decided(question.rulebook, request._replace(model=model, substitution=substitution))

    return Answer(*decide_for_both(alone, question.request.model, question.request.substitution))


def asking(function: Callable[..., Reply]) -> Callable[..., Reply]:
    """The options of a question."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


OPTIONS = (
    click.option("--subject", "-s", help="Who asks: a subject that was imported."),
    click.option("--facts", "-f", help="Or what is known of whoever asks: us_citizen=false,citizenships=FR;DE"),
    click.option("--acts-for", metavar="SUBJECT", help="The person for whom they act: each of the two is decided."),
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
    click.option("--country", metavar="XX", help="From where the connection seems to come; unknown if not given."),
    click.option("--no-substitution", is_flag=True, help="The model itself or nothing."),
)


@command(
    licet,
    "decide",
    examples=(
        "licet decide --subject jean --model fable-5",
        "licet decide --subject jean --model fable-5 --at 2026-06-12T18:51:00-04:00 --json",
        "licet decide --facts 'us_citizen=false,citizenships=FR;DE' --model fable-5 --no-substitution",
        "licet decide --subject mail-agent --acts-for jean --model fable-5",
    ),
)
@asking
def decide(session: Session, **asked: object) -> Reply:
    """Decide as the gate would: serve, substitute or refuse, and by which instruments.

    The exit code is 0 if the model itself is served, and 1 if not. Facts are written as in a CSV file of subjects;
    what is not given is unknown. `kind=workload` among them makes it a workload. With `--acts-for` both are decided,
    and what is refused to one of them is refused.
    """
    question = question_from(session, **asked)  # type: ignore[arg-type]
    answer = answered(question)
    decision, tree = answer.decision, answer.tree(question)
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
    answer = answered(question)
    decision, tree = answer.decision, answer.tree(question)
    whose, who = question.request, question.who
    if answer.whose is Party.PERSON and question.person is not None:
        whose, who = question.person, f"{question.acts_for}, for whom {question.subject or 'somebody'} acts,"
    explanation = explained(question.rulebook, whose, decision, subject=who)
    first, *rest = explanation.sentences
    reasons = Grid([[Line("-"), Line(sentence)] for sentence in rest])
    tree = {**tree, "sentences": list(explanation.sentences)}
    return Reply(tree, [Line(first, TONES[decision.outcome]), reasons])


def question_from(
    session: Session,
    *,
    subject: str | None,
    facts: str | None,
    acts_for: str | None,
    model: str,
    at: datetime | None,
    operation: str,
    stream: bool,
    country: str | None,
    no_substitution: bool,
) -> Question:
    """The question of the options. Raises `Misnamed` for a subject, a fact or a model that there is not."""
    if (subject is None) == (facts is None):
        raise click.UsageError("say who asks, either with `--subject` or with `--facts`")
    rulebook = in_force(session.installation.store)
    at = at or session.installation.now()
    known = _stored(session, subject, rulebook, at) if subject is not None else facts_from(facts or "", rulebook.facts)
    seen = _observed(rulebook, stream=stream, country=country)
    name = model_named(rulebook, model).name
    request = Request(complete(rulebook.facts, known | seen), name, operation, at, not no_substitution)
    if acts_for is None:
        return Question(rulebook, request, subject)
    person = complete(rulebook.facts, _stored(session, acts_for, rulebook, at) | seen)
    return Question(rulebook, request, subject, acts_for, request._replace(facts=person))


def _observed(rulebook: Rulebook, *, stream: bool, country: str | None) -> dict[str, Value]:
    """What the gate would observe of the request itself."""
    seen: dict[str, Value] = {STREAM: stream} if STREAM in rulebook.facts else {}
    if country is None:
        return seen
    fact = rulebook.facts.get(COUNTRY)
    if fact is None or not fact.admits(country):
        raise Misnamed(f"`{country}` is not a country (two capital letters), or no `{COUNTRY}` is declared")
    return {**seen, COUNTRY: country}


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
    unmet = [sentence(each) for each in withholding_of(decision, rulebook)]
    return pairs(
        ("by", listed(named) or missing),
        ("withheld", cell(" ".join(unmet), Tone.WARN)),
        ("unknown", cell(listed(decision.unknown), Tone.WARN)),
        ("conflicts with", cell(listed(conflicts), Tone.WARN)),
        ("rulebook", f"{short(decision.rulebook)} (epoch {rulebook.epoch})"),
    )


def withholding_of(decision: Decision, rulebook: Rulebook) -> tuple[Withheld, ...]:
    """What withholds the requested model, where no release permits it."""
    if decision.verdicts[0].permitted_by:
        return ()
    return withholding(rulebook, decision.requested, decision.operation, decision.at)


def _named(name: str, rulebook: Rulebook) -> str:
    instrument = rulebook.instrument(name)
    return f"{kind_of(instrument)} {name}" if instrument else name
