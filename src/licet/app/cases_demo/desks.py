"""The officers at their desks: commands that they type, what these said, and the files that they type about."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from licet.app.demo.afterwards import Office
from licet.app.demo.play import Tell
from licet.app.demo.standing import Standing
from licet.app.demo.told import Said

OK, FOUND, WAITING = 0, 1, 6
"""Exit codes: it is done; something is wrong; it waits for a second officer."""

DIGEST = re.compile(r"DIGEST\(([^)]+)\)")
CASE = re.compile(r"CASE\(([^)]+)\)")


class Desks:
    """What was typed so far, and what came of it."""

    def __init__(self, stage: Standing, tell: Tell) -> None:
        self._stage = stage
        self._office = Office(stage.folder, tell)
        self.said: list[Said] = []
        self.cases: dict[str, str] = {}
        """Cases by the names that files give them."""

    def look(self, *typed: str, wanted: int = OK, says: str = "") -> dict[str, Any]:
        """A command of whoever looks. `says`: the member of its tree that is told."""
        tree = self._office.run(*typed, wanted=wanted)
        line = self._office.lines[-1]
        self.said.append(Said(line.command, str(tree.get(says) or sentence(tree, line.said)), line.right))
        return tree

    def act(self, officer: str, *typed: str, wanted: int = OK, second: str = "") -> dict[str, Any]:
        """A command that an officer signs; `second` agrees to it where it waits for that."""
        tree = self._signed(officer, *typed, wanted=WAITING if second else wanted)
        if not second:
            return tree
        act = str(tree.get("act", ""))
        return self._signed(second, "approve", act, wanted=OK)

    def _signed(self, officer: str, *typed: str, wanted: int) -> dict[str, Any]:
        key = str(self._stage.officers.place(officer))
        tree = self._office.run(*typed, "--as", officer, "--sign-with", key, wanted=wanted, shown=[*typed, "…"])
        line = self._office.lines[-1]
        self.said.append(Said(f"{officer}: {line.command.removesuffix(' …')}", sentence(tree, line.said), line.right))
        return tree

    def opened(self, officer: str, names: Sequence[str], *typed: str) -> None:
        """Open cases, and remember what they are called."""
        tree = self.act(officer, "case", "open", *typed)
        found = tree.get("result", {}).get("cases", [])
        self.cases.update(zip(names, found, strict=False))

    def fill(self, name: str) -> str:
        """A file of the scenario with its digests and cases put in; its name."""
        path = self._stage.folder / name
        text = path.read_text(encoding="utf-8")
        text = DIGEST.sub(lambda found: f'"{digest(self._stage.folder / found[1])}"', text)
        path.write_text(CASE.sub(lambda found: self.cases[found[1]], text), encoding="utf-8")
        return name


def digest(path: Path) -> str:
    """The digest of a file, as evidence names it."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def sentence(tree: Mapping[str, Any], said: str) -> str:
    """What a command said, in a few words."""
    match tree:
        case {"error": _}:
            first, *more = said.splitlines()
            return f"{first} · and {len(more)} more" if more else first
        case {"result": {"cases": [{"case": str(), "state": str()}, *_] as cases}}:
            return ", ".join(f"{each['case']}: {each['state']}" for each in cases)
        case {"result": {"cases": [str(), *_] as names}}:
            return f"opened: {', '.join(names)}"
        case {"state": "waiting"}:
            return "signed; it waits for a second officer"
        case _:
            return looked_at(tree, said)


def looked_at(tree: Mapping[str, Any], said: str) -> str:
    """What there was to see, in a few words."""
    match tree:
        case {"duties": [*duties], "to_open": _}:
            found = Counter(each["applies"] for each in duties)
            return f"{len(duties)} duties: {', '.join(f'{count} {word}' for word, count in found.items())}"
        case {"counts": counts, "parts": [*parts]}:
            return f"{len(parts)} organisations: {', '.join(f'{count} {state}' for state, count in counts.items())}"
        case {"due": [soonest, *more], "overdue": int(overdue)}:
            return f"{len(more) + 1} due, {overdue} overdue; the soonest: {soonest['title']} ({soonest['case']})"
        case {"entries": [*entries], "deadlines": [*deadlines], "state": state}:
            late = sum(1 for each in entries if each["late"])
            return f"{state}: {len(entries)} entries, {late} recorded late; {len(deadlines)} clocks"
        case {"written": int(written), "cases": int(cases)}:
            return f"{written} files about {cases} cases"
        case {"to": str(to), "clock": {"due": str(due)}}:
            return f"to the {to}, due {due}"
        case _:
            return said
