"""An order in sentences, the commands that verify a report of it, and what no report can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from shlex import quote
from typing import NamedTuple

from licet.core.conditions import Always, definitions
from licet.core.definitions import Definition
from licet.core.instruments import Licence, Lift, Operation, Order, Provision, Streams
from licet.core.report import Command, Placed, Report
from licet.core.rulebook import Span
from licet.services.explain import listing


def sentences(
    order: Order,
    span: Span,
    models: Sequence[str],
    definitions: Sequence[Definition],
    licences: Sequence[Placed],
    ended_by: Sequence[Placed],
) -> Iterator[str]:
    """What the order says, one sentence a matter."""
    issuer = f" of {order.issuer}" if order.issuer else ""
    about = listing(list(models)) or "no model"
    yield f"The order {order.name}{issuer} forbids {whom(order)} to {verbs(order)} {about}."
    yield f"It is in force {time(span)}{ends(ended_by)}."
    if order.streams is Streams.CUT:
        yield "An answer that is being given when the order comes to apply is ended at once."
    else:
        yield "An answer that is being given when the order comes to apply may be finished."
    for each in definitions:
        source = f" ({each.source})" if each.source else ""
        yield f"{each.name}{source} holds of whom `{each.text}` is true."
    for placed in licences:
        licence = placed.instrument
        assert isinstance(licence, Licence)
        about = listing([*licence.models, *(f"the family {each}" for each in licence.families)])
        yield (f"The licence {licence.name} relieves {whom_of(licence)} of it for {about}, {time(placed.span)}.")


def whom(order: Order) -> str:
    """Whom an order forbids, with what it does where that is not known."""
    if isinstance(order.condition, Always):
        return "everybody" if order.condition.holds else "nobody"
    return f"everybody of whom `{order.text}` holds, and everybody of whom it is not known not to hold,"


def whom_of(licence: Licence) -> str:
    """Whom a licence relieves."""
    if isinstance(licence.condition, Always):
        return "everybody" if licence.condition.holds else "nobody"
    return f"everybody of whom it is known that `{licence.text}` holds"


def verbs(order: Order) -> str:
    """What it forbids to do."""
    words = {"use": "use", "tune": "tune", "weights": "have the weights of"}
    return listing([words[each.value] for each in order.operations])


def time(span: Span) -> str:
    """From when until when."""
    if span.end is None:
        return f"from {spelled(span.start)} on; no end is known"
    return f"from {spelled(span.start)} until {spelled(span.end)}"


def spelled(at: datetime) -> str:
    """An instant in a sentence."""
    return at.isoformat(sep=" ")


def ends(ended_by: Sequence[Placed]) -> str:
    """What ended it."""
    if not ended_by:
        return ""
    named = [f"the {type(each.instrument).__name__.lower()} {each.instrument.name}" for each in ended_by]
    verb = "lifted" if all(isinstance(each.instrument, Lift) for each in ended_by) else "ended"
    return f"; it was {verb} by {listing(named)}"


def commands(report: Report, place: str) -> Iterator[Command]:
    """What verifies each claim. `place` is where the log is read, a folder or a URL; without one, less can be."""
    line = f"licet rulebook --at {utc(report.effect)}"
    yield Command("text", "the instruments in force as it took effect", line, False)
    if report.logged is not None:
        yield from of_the_log(report, quote(place))
    yield Command("journal", "the journal's files, and damage in them", "licet status", False)
    if report.properties:
        yield Command("proofs", "the standing properties, proved anew", "licet prove", False)


def of_the_log(report: Report, log: str) -> Iterator[Command]:
    """Those that need the log."""
    yield Command(
        "log", "every entry of the log, under its checkpoint", f"licet verify log {log} --policy POLICY", True
    )
    time = f"--from {utc(max(report.since, report.effect))} --until {utc(report.until)}"
    yield Command(
        "check",
        "nothing by itself: it opens the records that the next read",
        f"licet record disclose {time} -o FOLDER",
        False,
    )
    for each in claims(report):
        line = f"licet verify claim --log {log} --policy POLICY --disclosure FOLDER {each.options}"
        yield Command("check", each.shows, line, True)
    for name, first in (("refusal", report.first_refused), ("decision", report.first_withheld)):
        if first is not None:
            file = f"first-{name}.proof"
            line = f"licet prove-decision {quote(first.request)} -o {file}"
            yield Command("first", f"nothing by itself: it writes the proof of the first {name}", line, False)
            line = f"licet verify proof {file} --policy POLICY"
            yield Command("first", f"the first {name} by it, as it was decided", line, True)


INSTANT = timedelta(microseconds=1)
"""A claim's last instant is part of it; a provision's end is not part of its time."""


class Claim(NamedTuple):
    """That nobody was served a model whom the order forbids it, over a time in which the same licences relieve it."""

    model: str
    operations: tuple[Operation, ...]
    provisions: tuple[Provision, ...]
    since: datetime
    until: datetime

    @property
    def shows(self) -> str:
        """What it claims."""
        relieved = f" beside {listing([each.name for each in self.provisions[1:]])}" if self.provisions[1:] else ""
        purpose = f" for {listing([each.value for each in self.operations])}" if self._narrow else ""
        return f"nobody was served {self.model}{purpose} whom the order{relieved} forbids it, until {utc(self.until)}"

    @property
    def whom(self) -> str:
        """Of whom it must not have been served: the order's condition, and none of the licences'."""
        order, *licences = (each.text for each in self.provisions)
        return " and ".join([f"({order})", *(f"not ({each})" for each in licences)]) if licences else order

    @property
    def _narrow(self) -> bool:
        """Whether it is about some operations only."""
        return len(self.operations) < len(Operation)

    @property
    def options(self) -> str:
        """The claim as options of the command.

        An order forbids whom it is not known not to be about: its claim is about whom the condition may hold of. What
        its lists are, the log says by itself.
        """
        names = {name: target for each in self.provisions for name, target in uses(each)}
        used = "".join(f" --uses {quote(f'{name}={target}')}" for name, target in sorted(names.items()))
        time = f"--from {utc(self.since)} --until {utc(self.until - INSTANT)}"
        only = "".join(f" --operation {each.value}" for each in self.operations) if self._narrow else ""
        return f"--model {quote(self.model)}{only} --whom {quote(self.whom)} --certainty possible{used} {time}"


def claims(report: Report) -> Iterator[Claim]:
    """What has to be verified of each model, one after the other, as far as segments in the log reach."""
    covered = report.logged.covered if report.logged else None
    if covered is None or covered.end is None:
        return
    since = max(report.since, report.effect, covered.start)
    until = min(report.until, covered.end + INSTANT)
    for model in report.models:
        licences = [each.licence for each in report.reliefs if model in each.models]
        ends = {turn for each in licences for turn in (each.span.start, each.span.end) if turn is not None}
        turns = {since, until, *(each for each in ends if since < each < until)} if since < until else set()
        for start, end in pairwise(sorted(turns)):
            relieving = [each.instrument for each in licences if each.span.holds_at(start)]
            known = [each for each in relieving if isinstance(each, Licence)]
            for relieved, operations in _alike(report.text, known).items():
                yield Claim(model, operations, (report.text, *(known[each] for each in relieved)), start, end)


def _alike(order: Order, licences: Sequence[Licence]) -> dict[tuple[int, ...], tuple[Operation, ...]]:
    """The order's operations, by which of these licences relieve them."""
    found: dict[tuple[int, ...], tuple[Operation, ...]] = {}
    for operation in order.operations:
        relieved = tuple(at for at, each in enumerate(licences) if operation in each.operations)
        found[relieved] = (*found.get(relieved, ()), operation)
    return found


def uses(provision: Provision) -> Iterator[tuple[str, str]]:
    """The definitions that local names in a condition stand for, by their whole names."""
    for each in definitions(provision.condition):
        yield each.local, each.definition


def limits(report: Report) -> Iterator[str]:
    """What this report cannot show, in sentences."""
    yield (
        "Figures are counted from the operator's own journal. Who can write its files can rewrite them, until the"
        " segment that holds them is committed to in the log."
    )
    yield (
        "The check on who was served looks at the records by themselves. Whether each decision follows from the facts"
        " about its subject is recomputed by `licet verify`, from the segments and facts that the operator discloses."
    )
    yield "Facts are what somebody attested. Whether an attestation was true, no record shows."
    yield (
        "A decision proves what was decided, not that its answer arrived; and of answers that ended when their worker"
        " died there may be no end."
    )
    yield "Subjects are pseudonyms of accounts: one person may have several, and several persons may use one."
    yield "Other ways to the models than through this gate are not in its journal."
    if report.other_clock:
        yield (
            "The enactment is dated after decisions that were made under it: the gate went by another clock (in a"
            " demonstration, the scenario's). Seconds from the enactment are left out, and no claim about that time can"
            " be verified: in the log the order came later."
        )
    if report.logged is None and not report.log_trouble:
        yield (
            "There is no public log, so nothing of this can be verified without trusting the operator;"
            " `licet record publish` begins one."
        )
    if report.logged is not None:
        yield covered(report)
    if report.undecided:
        yield "Nobody asked for its models under it in the time that is reported, so nothing shows how it was enforced."


def covered(report: Report) -> str:
    """Over which time the log commits to what was decided."""
    assert report.logged is not None
    span = report.logged.covered
    if span is None or span.end is None:
        return "No segment of the journal over its time is in the log, so nothing that was decided is committed to."
    return (
        f"The segments in the log reach from {utc(span.start)} to {utc(span.end)}. What was decided before or after"
        " that is not committed to, and no claim about it can be verified."
    )


def utc(at: datetime) -> str:
    """An instant for a command."""
    try:
        return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return at.isoformat()
