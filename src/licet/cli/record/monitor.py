"""`licet monitor`: follow a log that somebody else keeps."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.kinds import DURATION
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.trees import Tree
from licet.record.refusal import Malformed
from licet.record.signed.policy import SIZE_LIMIT, Policy, read_policy
from licet.services.record.watching.feed import feed
from licet.services.record.watching.monitoring import (
    TO_DO,
    Alarm,
    Danger,
    Known,
    Look,
    Memory,
    Readable,
    contradicted,
    look,
)
from licet.services.record.watching.news import News

TONES = {"instrument": Tone.STRONG, "instrument-withheld": Tone.STRONG, "correction": Tone.WARN, "unreadable": Tone.BAD}
PASSING = {Danger.UNREACHABLE}
"""Dangers that may be over at the next look; with `--follow` they end nothing, until the log is silent for too long."""


@command(
    licet,
    "monitor",
    examples=(
        "licet monitor https://record.example/ --policy policy.txt --state monitor --feed record.atom",
        "licet monitor /srv/record --policy policy.txt --state monitor --follow 60s --silence 6h",
    ),
)
@click.argument("place")
@click.option(
    "--policy",
    "policy_file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Which log is believed, and how many witnesses must have cosigned.",
)
@click.option(
    "--state", required=True, type=click.Path(file_okay=False, path_type=Path), help="What the monitor remembers."
)
@click.option("--feed", "feed_file", type=click.Path(dir_okay=False, path_type=Path), help="Keep this Atom feed.")
@click.option("--newest", type=click.IntRange(1, 1000), default=50, show_default=True, help="So much news in it.")
@click.option("--link", help="Where readers of the feed find the log's files, if not at PLACE.")
@click.option("--ask-witnesses", is_flag=True, help="Compare with what the policy's witnesses have seen.")
@click.option("--follow", type=DURATION, help="Go on, and look again after this long.")
@click.option("--silence", type=DURATION, default="24h", show_default=True, help="The longest the log may be silent.")
def monitor(
    session: Session,
    place: str,
    policy_file: Path,
    state: Path,
    feed_file: Path | None,
    newest: int,
    link: str | None,
    ask_witnesses: bool,
    follow: timedelta | None,
    silence: timedelta,
) -> Reply:
    """Follow the log in a folder or at a URL: check that it only grows, and say what is new in it.

    The first look reads all of it. What was found in order is remembered, so the next look proves that nothing of that
    has changed. A fork, a log that shrank, a checkpoint that the policy refuses, damaged files and silence are alarms:
    both checkpoints are kept as evidence, and the exit code is 1.
    """
    policy = _policy(policy_file)
    log = session.world.open_log(place)
    prefix = _prefix(link or place)
    with session.world.monitor_state(state) as memory:
        while True:
            found = _looked(session, log, policy, memory, silence)
            if ask_witnesses:
                found = _compared(session, log, policy, found)
            evidence = [memory.keep(alarm) for alarm in found.alarms]
            if feed_file is not None and found.known is not None:
                memory.publish(feed_file, feed(found.known, prefix, newest))
            reply = _reply(found, evidence)
            if follow is None or any(alarm.danger not in PASSING for alarm in found.alarms):
                return reply
            if found.is_new or found.alarms:
                session.reply(reply)
                sys.stdout.flush()
            time.sleep(follow.total_seconds())


def _looked(session: Session, log: Readable, policy: Policy, memory: Memory, silence: timedelta) -> Look:
    known = memory.load()
    found = look(log, policy, known, session.world.now(), silence)
    if found.known is not None and found.known != known:
        memory.save(found.known)
    return found


def _compared(session: Session, log: Readable, policy: Policy, found: Look) -> Look:
    """The same, with an alarm for each witness that has seen another history."""
    known = found.known
    if known is None:
        return found
    shown = session.world.seen_by_witnesses(policy, known.origin)
    alarms = [contradicted(log, policy, known, name, content) for name, content in shown.items()]
    return replace(found, alarms=(*found.alarms, *(each for each in alarms if each is not None)))


def _policy(path: Path) -> Policy:
    try:
        with path.open("rb") as file:
            return read_policy(file.read(SIZE_LIMIT + 1), str(path))
    except OSError as error:
        raise Misnamed(f"cannot read the policy `{path}`: {error.strerror}") from error
    except Malformed as error:
        raise Misnamed(str(error)) from error


def _prefix(place: str) -> str:
    """The URL of the folder that the log's files are in."""
    url = place if "://" in place else Path(place).resolve().as_uri()
    return url.rstrip("/") + "/"


def _reply(found: Look, evidence: list[list[str]]) -> Reply:
    exit_ = Exit.NO if found.alarms else Exit.OK
    tree = {
        **_known_tree(found.known),
        "before": found.before.size if found.before else None,
        "entries": dict(found.entries),
        "cosigned": [each._asdict() for each in found.cosigned],
        "news": [_news_tree(each) for each in found.news],
        "alarms": [_alarm_tree(*each) for each in zip(found.alarms, evidence, strict=True)],
    }
    return Reply(tree, _blocks(found, evidence), exit_)


def _known_tree(known: Known | None) -> Tree:
    if known is None:
        return {"origin": None, "size": None, "root": None, "grown": None}
    grown = known.grown.isoformat()
    return {"origin": known.origin, "size": known.head.size, "root": known.head.root.hex(), "grown": grown}


def _news_tree(news: News) -> Tree:
    at = news.at.isoformat() if news.at else None
    return {"entry": news.entry, "type": news.type, "title": news.title, "summary": news.summary, "at": at}


def _alarm_tree(alarm: Alarm, evidence: list[str]) -> Tree:
    return {"alarm": alarm.danger.value, "why": alarm.why, "do": TO_DO[alarm.danger], "evidence": evidence}


def _blocks(found: Look, evidence: list[list[str]]) -> list[Block]:
    blocks: list[Block] = [_summary(found)]
    if found.news:
        rows = [
            [
                cell(each.entry, Tone.QUIET),
                cell(each.at.isoformat(timespec="seconds") if each.at else None),
                cell(each.title, TONES.get(each.type, Tone.PLAIN)),
                cell(each.summary),
            ]
            for each in found.news
        ]
        blocks.append(Grid(rows, ("entry", "at", "what", "details")))
    for alarm, paths in zip(found.alarms, evidence, strict=True):
        blocks.append(Line(f"alarm: {alarm.danger.value}: {alarm.why}", Tone.BAD))
        blocks += [Line(f"  evidence: {path}") for path in paths]
        blocks.append(Line(f"  what to do: {TO_DO[alarm.danger]}", Tone.WARN))
    return blocks


def _summary(found: Look) -> Line:
    if found.known is None:
        return Line("nothing is known of this log yet")
    name, size = found.known.origin, found.known.head.size
    if found.alarms and not found.is_new:
        return Line(f"{name}: {size:,} entries are remembered", Tone.QUIET)
    if not found.is_new:
        return Line(f"{name}: nothing new, {size:,} entries", Tone.QUIET)
    before = found.before.size if found.before else 0
    grew = "read whole" if found.before is None else f"only grew, from {before:,}"
    counted = ", ".join(f"{number:,} {kind}" for kind, number in sorted(found.entries.items()))
    return Line(f"{name}: {size:,} entries, {grew}{': ' + counted if counted else ''}", Tone.GOOD)
