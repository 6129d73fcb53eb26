"""What officers see of the gate over HTTP: its processes, status lists, the journal. Each blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.core.decision import Outcome
from licet.core.roles import Deed, Officer
from licet.office.admin.parts import AdminParts
from licet.office.problems import Problem
from licet.services.acts import gate_replies
from licet.services.acts.persons import check_role
from licet.services.decisions import newest_records

Asked = Mapping[str, str]
Tree = dict[str, Any]

PATIENCE = 2.0
"""Seconds to wait for gate processes."""
LINES = 20
MOST = 10_000
"""Records of one reply: as many as are asked for by default, and at most."""


def workers(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """What each gate process says of itself."""
    return gate_replies.answers_tree(parts.workers.status(timeout=PATIENCE))


def acknowledgements(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """Which gate processes had taken over an epoch, and when."""
    if not asked["epoch"].isdecimal() or len(asked["epoch"]) > 15:
        raise Problem(404, "not_found", "there is no such epoch")
    return gate_replies.acknowledged_tree(parts.store.acknowledgements(int(asked["epoch"])))


def status_lists(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """Until when references into each status list count, and whether there are any."""
    used = frozenset(each.uri for each in parts.store.status_uses())
    return gate_replies.status_lists_tree(parts.store.confirmed(), used)


def journal_health(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """How the journal's files are doing."""
    return gate_replies.health_tree(parts.journal.health())


def journal(parts: AdminParts, officer: Officer, asked: Asked) -> Tree:
    """The newest records. Who asks by a subject's name learns whose they are, and must see facts for that."""
    lines, outcome, subject = asked.get("lines", str(LINES)), asked.get("outcome"), asked.get("subject")
    if not lines.isdecimal() or len(lines) > 9 or not 1 <= int(lines) <= MOST:
        raise Problem(400, "malformed_query", f"`lines` is a whole number from 1 to {MOST}")
    if outcome is not None and outcome not in list(Outcome):
        raise Problem(400, "malformed_query", f"`outcome` is one of {', '.join(Outcome)}")
    if subject is not None:
        check_role(officer, Deed.SEE_FACTS)
    found = newest_records(parts.journal, parts.generations, int(lines), outcome=outcome, subject=subject)
    return gate_replies.entries_tree(found)
