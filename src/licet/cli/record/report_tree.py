"""The report of an order as JSON. `spec/report.md` has its form."""

from __future__ import annotations

import json
from dataclasses import asdict

from licet.cli.terminal.trees import Tree, instant, kind_of
from licet.core.report import Act, Counts, First, Placed, Report, Worker

FORMAT = "licet-report/1"


def report_tree(seen: Report) -> Tree:
    """All of it. Instants are RFC 3339, lengths of time seconds."""
    return {
        "format": FORMAT,
        "order": order_tree(seen),
        "at": instant(seen.at),
        "from": instant(seen.since),
        "until": instant(seen.until),
        "took_effect": instant(seen.effect),
        "other_clock": seen.other_clock,
        "ended_by": [placed_tree(each) for each in seen.ended_by],
        "first_withheld": first_tree(seen.first_withheld),
        "first_refused": first_tree(seen.first_refused),
        "requests": counts_tree(seen.asked),
        "by_order": counts_tree(seen.by_order),
        "day_before": counts_tree(seen.before),
        "day_after": counts_tree(seen.after) if seen.after else None,
        "after_its_end": seen.outlived,
        "flagged_by_safeguards": seen.flagged,
        "hours": [
            {"from": instant(each.at), "requests": counts_tree(each.asked), "by_order": counts_tree(each.by_order)}
            for each in seen.hours
        ],
        "models": models_tree(seen),
        "cut": cut_tree(seen),
        "not_cut": {"count": seen.spared.count, "ended": dict(seen.spared.ended), "no_end": seen.spared.no_end},
        "subjects": subjects_tree(seen),
        "licences": [
            {**placed_tree(each.licence), "decisions": each.decisions, "subjects": each.subjects}
            for each in seen.reliefs
        ],
        "workers": [worker_tree(each) for each in seen.workers],
        "properties": [{"name": name, "title": title} for name, title in seen.properties],
        "check": check_tree(seen),
        "journal": journal_tree(seen),
        "log": log_tree(seen),
        "log_trouble": seen.log_trouble or None,
        "commands": [asdict_of(each._asdict()) for each in seen.commands],
        "failures": list(seen.failures),
        "gaps": list(seen.gaps),
        "cannot_show": list(seen.cannot),
    }


def models_tree(seen: Report) -> list[Tree]:
    """The requests, model by model."""
    return [
        {
            "model": each.model,
            "requests": counts_tree(each.asked),
            "by_order": counts_tree(each.by_order),
            "instead": dict(each.instead),
        }
        for each in seen.of_models
    ]


def check_tree(seen: Report) -> Tree:
    """What was decided again, and what does not follow."""
    return {
        "looked_at": seen.check.looked_at,
        "count": seen.check.count,
        "breaches": [
            {"file": each.file, "request": each.request, "at": instant(each.at), "why": each.why}
            for each in seen.check.breaches
        ],
    }


def order_tree(seen: Report) -> Tree:
    """The order: what it says, and who put it in force."""
    text = seen.text
    return {
        **placed_tree(seen.order),
        "title": text.title,
        "issuer": text.issuer,
        "authority": list(text.authority),
        "issued": instant(text.issued),
        "appeal": text.appeal or None,
        "models": list(seen.models),
        "condition": text.text,
        "streams": text.streams.value,
        "document": json.loads(seen.canonical),
        "sentences": list(seen.sentences),
        "definitions": [
            {"name": each.name, "title": each.title, "source": each.source, "holds_if": each.text}
            for each in seen.definitions
        ],
    }


def placed_tree(placed: Placed) -> Tree:
    """An instrument, its time and its enactment."""
    return {
        "kind": kind_of(placed.instrument),
        "name": placed.instrument.name,
        "digest": placed.instrument.digest,
        "from": instant(placed.span.start),
        "until": instant(placed.span.end),
        "enacted": act_tree(placed.act),
    }


def act_tree(act: Act) -> Tree:
    """Who enacted, when, on what ground."""
    return {**asdict_of(asdict(act)), "at": instant(act.at), "proposed": instant(act.proposed)}


def asdict_of(fields: Tree) -> Tree:
    """Tuples as lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def counts_tree(counts: Counts) -> Tree:
    """Decisions by outcome."""
    return {"total": counts.total, **counts._asdict()}


def first_tree(first: First | None) -> Tree | None:
    """A first decision."""
    return None if first is None else {**first._asdict(), "at": instant(first.at)}


def cut_tree(seen: Report) -> Tree:
    """Answers that were cut."""
    cuts = seen.cuts
    return {
        "count": cuts.count,
        "unmeasured": cuts.unmeasured,
        "half": cuts.half,
        "ninety": cuts.most,
        "ninety_nine": cuts.nearly_all,
        "last": cuts.last,
        "bins": [{"least": each.least, "below": each.below, "count": each.number} for each in cuts.bins],
        "models": dict(cuts.models),
    }


def subjects_tree(seen: Report) -> Tree:
    """Whom it touched."""
    touched = seen.touched
    return {
        "touched": touched.subjects,
        "substituted": touched.substituted,
        "refused": touched.refused,
        "only_in_doubt": touched.in_doubt,
        "decisions_without_subject": touched.nobody,
        "unknown": [
            {"facts": list(each.facts), "decisions": each.decisions, "subjects": each.subjects}
            for each in touched.doubts
        ],
    }


def worker_tree(each: Worker) -> Tree:
    """One gate process."""
    return {
        "worker": each.worker,
        "acknowledged": instant(each.acknowledged),
        "seconds": each.seconds,
        "first": instant(each.first),
        "before": each.before,
        "lag": each.lag,
        "late": each.late,
    }


def journal_tree(seen: Report) -> Tree:
    """What was read."""
    journal = seen.journal
    return {**asdict_of(asdict(journal)), "first": instant(journal.first), "last": instant(journal.last)}


def log_tree(seen: Report) -> Tree | None:
    """What the log holds about it."""
    logged = seen.logged
    if logged is None:
        return None
    return {
        "origin": logged.origin,
        "size": logged.size,
        "root": logged.root,
        "checkpoint": logged.note,
        "signers": list(logged.signers),
        "entries": [{"index": each.at, "type": each.type, "about": each.about} for each in logged.entries],
        "absent": list(logged.absent),
        "covered_from": instant(logged.covered.start) if logged.covered else None,
        "covered_until": instant(logged.covered.end) if logged.covered else None,
    }
