"""What is due in a case, as the public version says it: obligations and deadlines."""

from __future__ import annotations

from licet.cases.redaction.classing import clock_class, part_class
from licet.cases.redaction.redacting import Redacting, Tree, instant
from licet.core.cases.clock import Deadline
from licet.core.cases.decision import Obligation
from licet.core.cases.procedure import Secrecy


def obligation_tree(work: Redacting, obligation: Obligation) -> Tree:
    """An obligation: who owes what by when, and whether it was kept; withheld where what was promised is."""
    promise = obligation.promise
    entry = next(each.entry for each in work.case.entries if each.entry.number == obligation.decided_by)
    secrecy = part_class(work, entry, "promises")
    hidden = None if secrecy is Secrecy.PUBLIC else work.withheld(secrecy, work.classes.by(entry, "decision.promises"))
    return {
        "id": hidden or obligation.id,
        "kind": promise.kind.value,
        "decided_by": obligation.decided_by,
        "kept": obligation.kept.value,
        "owner": hidden or promise.owner,
        "text": hidden or promise.text,
        "due": hidden or instant(obligation.due),
        "cure_by": hidden or instant(obligation.cure_by),
        "discharged": [each.isoformat() for each in obligation.discharged],
    }


def deadline_tree(work: Redacting, deadline: Deadline) -> Tree:
    """A deadline, with its instants where they give nothing away."""
    tree: Tree = {
        "clock": deadline.clock,
        "title": deadline.title,
        "owner": deadline.owner,
        "started_by": deadline.started_by,
        "running": deadline.running.value,
        "ended": instant(deadline.ended),
        "calendar": deadline.calendar,
        "tolled": [
            {"reason": each.reason, "since": each.since.isoformat(), "until": instant(each.until)}
            for each in deadline.tolled
        ],
    }
    hidden = clock_class(work, deadline.clock, deadline.started_by)
    gross = deadline.gross.isoformat()
    times: Tree = {
        "started": deadline.started.isoformat(),
        "gross": gross,
        "due": gross if deadline.due is deadline.gross else instant(deadline.due),
        "because": deadline.because,
    }
    return tree | (times if hidden is None else dict.fromkeys(times, work.withheld(hidden)))
