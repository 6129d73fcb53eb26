"""What an auditor can know afterwards: the record of what was played, by the commands that the README names.

Each line is one real command with its answer. The log has two witnesses, both of which have to cosign. At the end
somebody changes one byte, once in the log and once in what was opened, and both are found.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from licet.app.demo.gate import CONFIGURED
from licet.app.demo.play import Tell
from licet.app.demo.processes import StageError, free_port, licet_command, process
from licet.app.demo.scenario import ScenarioRejectedError

FILE = "audit.yaml"
POLICY = "policy.txt"
LOG = ".licet/record"
OPENED = "opened"
WITNESSES = ("witness.example/university", "witness.example/newspaper")
TIMEOUT = 120.0
START_SECONDS = 20.0
STEPS = 11
"""Commands in all, where two models are asked about."""


class Audit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `audit.yaml`: the order to report on, and what nobody was served, whom, and when."""

    report: str
    models: tuple[str, ...]
    whom: str
    from_: datetime = msgspec.field(name="from")
    until: datetime
    uses: dict[str, str] = {}


def read_audit(scenario: Path) -> Audit | None:
    """What a scenario has to ask afterwards; None if nothing. Raises `ScenarioRejectedError`."""
    file = scenario / FILE
    if not file.is_file():
        return None
    try:
        return msgspec.yaml.decode(file.read_bytes(), type=Audit)
    except (OSError, msgspec.MsgspecError) as error:
        raise ScenarioRejectedError(f"{file}: {error}") from error


class Line(NamedTuple):
    """A command as one would type it, what it said, its exit code, and whether that is as it has to be."""

    command: str
    said: str
    exit: int
    right: bool


class Afterwards(NamedTuple):
    """Every command in its order, and the pages that were written."""

    lines: tuple[Line, ...]
    pages: tuple[Path, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """The commands that did not answer as they have to."""
        return tuple(f"`{each.command}` ended with {each.exit}: {each.said}" for each in self.lines if not each.right)


def afterwards(folder: Path, audit: Audit, decision: str, tell: Tell) -> Afterwards:
    """Publish, verify, open and tamper with what was played in a demonstration's folder. The gate has ended.

    `decision`: the one to be proved. Raises `StageError` where a witness does not start.
    """
    (folder / "pages").mkdir(exist_ok=True)
    office = Office(folder, tell)
    with ExitStack() as running:
        begin(office, running)
        publish(office, audit.report)
    check(office, audit, decision)
    tamper(office, audit)
    pages = tuple(sorted((folder / "pages").glob("record-*.html")))
    return Afterwards(tuple(office.lines), pages)


class Office:
    """Runs commands in the demonstration's folder, and keeps what they said."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self.folder = folder
        self.lines: list[Line] = []
        self._tell = tell

    def run(self, *arguments: str, wanted: int = 0, shown: Sequence[str] = ()) -> dict[str, Any]:
        """One command and its tree. `shown`: the arguments to be shown, where not all of them are."""
        typed = " ".join(["licet", *(shown or arguments)])
        self._tell(typed, 0)
        done = subprocess.run(  # noqa: S603 - our own command
            [str(licet_command().absolute()), "--config", CONFIGURED, "--json", *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        self._tell("", 1)
        try:
            tree: dict[str, Any] = json.loads(done.stdout)
        except json.JSONDecodeError:
            tree = {"error": {"message": done.stderr.strip()[-300:] or "it said nothing"}}
        self.lines.append(Line(typed, sentence(tree), done.returncode, done.returncode == wanted))
        return tree


def sentence(tree: dict[str, Any]) -> str:
    """What a command said, in one line."""
    match tree:
        case {"error": {"message": message}}:
            return str(message)
        case {"verdict": str(verdict), "findings": [wrong, *_]} | {"verdict": str(verdict), "missing": [wrong, *_]}:
            return f"{verdict}: {wrong['place']}: {wrong['why']}"
        case {"verdict": str(verdict), "claimed": str(claimed)}:
            return f"{verdict}: {claimed}"
        case {"appended": [*appended], "cosigned": [*cosigned]}:
            return f"{len(appended)} entries, cosigned by {len(cosigned)} witnesses"
        case {"line": str(line)}:
            return line
        case {"cut": {"count": int(cut)}, "cannot_show": [*limits]}:
            return f"answers cut short: {cut}; things that the report says it cannot show: {len(limits)}"
        case {"proof": str(proof), "segment": str(segment), "index": int(index)}:
            return f"{proof}: record {index} of the segment {segment}"
        case {"records": int(records), "facts": int(facts)}:
            return f"{records} records, and what was attested of {facts} subjects"
        case _:
            return "done"


def begin(office: Office, running: ExitStack) -> None:
    """A key for the log, two witnesses that know it, and the policy that asks for both."""
    log = office.run("keys", "log")
    lines = [str(log.get("line", ""))]
    for number, name in enumerate(WITNESSES, start=1):
        witness = f"127.0.0.1:{free_port(0)}"
        lines.append(start_witness(office.folder, running, name, f"witness-{number}", witness, str(log.get("key"))))
    names = " ".join(line.split()[1] for line in lines[1:])
    lines += [f"group both all {names}", "quorum both", ""]
    (office.folder / POLICY).write_text("\n".join(lines))


def start_witness(folder: Path, running: ExitStack, name: str, state: str, listen: str, log: str) -> str:
    """A witness as a process of its own; its line for policies."""
    command = [
        *(str(licet_command().absolute()), "witness", "--name", name, "--key", str(folder / f"{state}.key")),
        *("--state", str(folder / state), "--log", log, "--listen", listen),
    ]
    said = folder / f"{state}.log"
    witness = running.enter_context(process(f"witness {name}", command, said))
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and witness.poll() is None:
        found = [line for line in said.read_text(errors="replace").splitlines() if line.startswith("witness ")]
        if found:
            return found[0]
        time.sleep(0.05)
    raise StageError(f"the witness {name} did not start; see {said}")


def publish(office: Office, order: str) -> None:
    """Everything that was enacted and decided, as entries of the log; then its report."""
    office.run("record", "publish")
    office.run("report", order, "--html", "pages/record-report.html")


def check(office: Office, audit: Audit, decision: str) -> None:
    """What somebody checks who has nothing but the log's folder, the policy, and what was opened."""
    office.run("verify", "log", LOG, "--policy", POLICY)
    office.run("prove-decision", decision, "-o", "decision.proof")
    office.run("verify", "proof", "decision.proof", "--policy", POLICY)
    office.run(
        *("record", "disclose", "--from", audit.from_.isoformat(), "--until", audit.until.isoformat(), "-o", OPENED),
        shown=("record", "disclose", "--from", f"{audit.from_:%m-%d}", "--until", f"{audit.until:%m-%d}", "-o", OPENED),
    )
    for model in audit.models:
        claim(office, audit, model, LOG, OPENED, page=f"pages/record-{model}.html")


def claim(
    office: Office, audit: Audit, model: str, log: str, opened: str, *, page: str | None = None, wanted: int = 0
) -> None:
    """That nobody of the audit was served a model."""
    named = ["verify", "claim", "--log", log, "--disclosure", opened, "--model", model, "--whom", audit.whom]
    times = ["--from", audit.from_.isoformat(), "--until", audit.until.isoformat()]
    uses = [part for name, target in audit.uses.items() for part in ("--uses", f"{name}={target}")]
    written = ["--html", page] if page else []
    office.run(*named, "--policy", POLICY, *times, *uses, *written, wanted=wanted, shown=[*named, "…"])


def tamper(office: Office, audit: Audit) -> None:
    """Somebody changes one byte: of an entry in the log, and of an opened decision."""
    shutil.copytree(office.folder / LOG, office.folder / "changed-log")
    entries = first(office.folder / "changed-log/tile/entries", "*")
    entries.write_bytes(flipped(entries.read_bytes()))
    office.run("verify", "log", "changed-log", "--policy", POLICY, wanted=1)
    shutil.copytree(office.folder / OPENED, office.folder / "changed-opened")
    decisions = first(office.folder / "changed-opened", "*.jsonl.gz")
    decisions.write_bytes(gzip.compress(flipped(gzip.decompress(decisions.read_bytes()))))
    claim(office, audit, audit.models[0], LOG, "changed-opened", wanted=1)


def first(folder: Path, pattern: str) -> Path:
    """The first file of that name, by its path."""
    return min(path for path in folder.rglob(pattern) if path.is_file())


def flipped(content: bytes) -> bytes:
    """The same but for one byte in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
