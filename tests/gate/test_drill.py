"""A drill on a real gate: those it names are cut, substituted and refused, for its time; nobody else notices."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.gate.conftest import UpstreamServer
from tests.gate.conftest import World as Installed

from licet.app.world import HostWorld
from licet.cli.main import run
from licet.services.keys import pseudonym
from licet.wire.journal import DecisionRecord, EndRecord

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"
LICET = (sys.executable, "-c", "from licet.app.main import main; main()")


def licet(world: World, *arguments: str) -> subprocess.Popen[bytes]:
    """The command, on this world."""
    command = [*LICET, "--config", str(world.home / "licet.yaml"), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def said(process: subprocess.Popen[bytes], code: int = 0) -> Any:
    """The one JSON document of a command that ended with this code."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, (out, err)
    return json.loads(out)


@pytest.fixture
def lawful(make_world: MakeWorld) -> World:
    """Two workers and four people; `m` falls back to `other`, `n` to nothing; both answer half while `held`."""
    world = make_world(workers=2)
    models = world.model("m", "held-20", "fallback: [other]") + world.model("n", "held-20")
    world.enact(models + world.model("other", "json"))
    world.start()
    world.keys = {name: world.key(name) for name in ("jean", "ada", "bystander", "other-one")}
    return world


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory, upstream: UpstreamServer) -> Iterator[Installed]:
    """An installation whose gate does not run, with a model and two people."""
    world = Installed(tmp_path_factory.mktemp("quiet"), upstream, 1, "")
    world.enact(world.model("m", "json"))
    for name in ("jean", "bystander"):
        world.key(name)
    yield world
    world.close()


async def stream(world: World, name: str, model: str) -> bytes:
    """The bytes of a streamed answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    body = json.dumps({"model": model, "stream": True}).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {world.keys[name]}\r\nconnection: close\r\n"
    writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    found = await asyncio.wait_for(reader.read(-1), 60)
    writer.close()
    return unchunked(found.partition(b"\r\n\r\n")[2])


def unchunked(body: bytes) -> bytes:
    """Without the chunks' sizes, which depend on how the parts fall together on the way."""
    found = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        found, body = found + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return found


def ask(world: World, name: str, model: str) -> int:
    return int(world.post(CHAT, {"model": model}, world.keys[name])[0])


async def in_force(world: World) -> str:
    """Wait until the drill is in force; its name."""

    def everywhere() -> bool:
        return [status["epoch"] for status in world.workers.status(timeout=2)] == [2, 2]

    await asyncio.to_thread(world.wait_for, everywhere)
    drill: str = next(each.name for each in world.store.documents() if each.name.startswith("drill-"))
    assert await asyncio.to_thread(ask, world, "ada", "n") == 451
    return drill


async def test_the_named_are_drilled_and_a_bystander_is_not(lawful: World) -> None:
    world = lawful
    world.upstream.held = False
    undisturbed = await stream(world, "other-one", "m")
    world.upstream.held = True
    plan = (("jean", "m"), ("ada", "n"), ("bystander", "m"), ("bystander", "n"))
    streams = [asyncio.create_task(stream(world, *each)) for each in plan]
    await asyncio.to_thread(
        world.wait_for, lambda: sum(status["open"] for status in world.workers.status(timeout=2)) == 4
    )
    page = world.home / "drill.html"
    command = ("drill", "-m", "m", "-m", "n", "-s", "jean", "-s", "ada", "--for", "8s", "--json", "--html", str(page))
    process = licet(world, *command)
    name = await in_force(world)
    answers = [world.post(CHAT, {"model": "m"}, world.keys["jean"]) for _ in range(3)]
    assert [(status, headers["licet-served-model"]) for status, headers, _ in answers] == [(200, "other")] * 3
    for body in await asyncio.gather(*streams[:2]):
        assert b"no longer permitted" in body and name.encode() in body
    world.upstream.held = False
    assert await asyncio.gather(*streams[2:]) == [undisturbed] * 2
    await asyncio.to_thread(world.wait_for, lambda: ask(world, "ada", "n") == 200)
    assert await asyncio.to_thread(ask, world, "bystander", "m") == 200
    report = await asyncio.to_thread(said, process)
    assert report["name"] == name and report["over"] and report["failures"] == []
    check_against_the_journal(world, report)
    jean, ada = (each for name in ("jean", "ada") for each in report["subjects"] if each["subject"] == name)
    assert (jean["requests"], jean["substituted"], jean["refused"], jean["served"]) == (3, {"other": 3}, 0, 0)
    assert ada["refused"] == ada["requests"] > 0 and ada["served"] == 0
    assert [cut["model"] for cut in (*jean["cut"], *ada["cut"])] == ["m", "n"]
    assert ada["restored"] == 1 and ada["restored_after"] >= 0
    assert len(report["acknowledged"]) == 2 and report["touched_others"] == 0
    assert report["checked"]["subjects"] == 2
    assert name in page.read_text()


def check_against_the_journal(world: World, report: Any) -> None:
    """Every number of a report, counted again in the plainest way."""
    decisions, ends = world.journal()
    begins, over = (datetime.fromisoformat(report[key]) for key in ("begins", "ends"))
    marks = {pseudonym(world.pepper, each["subject"]): each for each in report["subjects"]}
    during = [each for each in decisions if begins <= each.at < over]
    under = [each for each in during if each.epoch >= report["epoch"]]
    assert report["others"] == len([each for each in during if each.subject not in marks])
    for mark, each in marks.items():
        assert each["pseudonym"] == mark
        theirs = [record for record in under if record.subject == mark]
        assert each["requests"] == len(theirs)
        assert each["refused"] == len([record for record in theirs if record.served is None])
        assert sum(each["substituted"].values()) == len([record for record in theirs if record.served == "other"])
        first = min((record.at for record in theirs), default=None)
        assert each["first_after"] == (None if first is None else (first - begins).total_seconds())
        check_ends(mark, each, decisions, ends, report)
        later = [record for record in decisions if record.subject == mark and record.at >= over]
        assert each["restored"] == len([record for record in later if record.served == record.requested])
    named = {record.subject for record in decisions if report["name"] in record.instruments}
    assert named <= set(marks), "nobody else's decision names the drill"


def check_ends(mark: str, each: Any, decisions: list[DecisionRecord], ends: list[EndRecord], report: Any) -> None:
    theirs = {record.id for record in decisions if record.subject == mark}
    cut = [end for end in ends if end.how == "cut" and report["name"] in end.instruments and end.id in theirs]
    assert {end.id for end in cut} == {found["request"] for found in each["cut"]}
    begins = datetime.fromisoformat(report["begins"])
    assert each["cut_slowest"] == max(((end.at - begins).total_seconds() for end in cut), default=None)


async def test_a_drill_ends_by_itself_when_its_command_is_killed(lawful: World) -> None:
    world = lawful
    process = licet(world, "drill", "-m", "n", "-s", "ada", "--for", "6s", "--json")
    name = await in_force(world)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert ask(world, "ada", "n") == 451
    await asyncio.to_thread(world.wait_for, lambda: ask(world, "ada", "n") == 200)
    report = await asyncio.to_thread(said, licet(world, "drill", "report", name, "--json"))
    assert report["over"] and report["subjects"][0]["restored"] == 1 and report["checked"] is None
    check_against_the_journal(world, report)


async def test_streams_may_finish_in_a_drill(lawful: World) -> None:
    world = lawful
    task = asyncio.create_task(stream(world, "ada", "n"))
    await asyncio.to_thread(
        world.wait_for, lambda: sum(status["open"] for status in world.workers.status(timeout=2)) == 1
    )
    process = licet(
        world, "drill", "-m", "n", "-s", "ada", "--for", "60s", "--streams", "finish", "--no-wait", "--json"
    )
    name = await in_force(world)
    assert (await asyncio.to_thread(said, process))["name"] == name
    world.upstream.held = False
    assert (await task).count(b"data: [DONE]\n\n") == 1
    world.documents = list(world.store.documents())
    now = datetime.now(UTC).isoformat()
    await asyncio.to_thread(world.enact, f"lift: enough\nissued: {now}\nfrom: {now}\nends: [{name}]\n")
    await asyncio.to_thread(world.wait_for, lambda: ask(world, "ada", "n") == 200)
    report = await asyncio.to_thread(said, licet(world, "drill", "report", name, "--json"))
    (ada,) = report["subjects"]
    assert report["over"], "a lift ends it before its time"
    assert (ada["cut"], ada["ran_on"], ada["restored"]) == ([], 1, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-m", "m", "-s", "who"), "there is no subject `who`"),
        (("-m", "m"), "a drill names from 1 to 50 subjects"),
        (("-s", "jean"), "a drill is about at least one model"),
        (("-m", "m", "-s", "jean", "--for", "-5s"), "is not a length of time"),
        (("-m", "m", "-s", "jean", "--for", "0"), "is not a length of time"),
        (("-m", "m", "-s", "jean", "--for", "25h"), "a drill lasts from 1 second to 24 hours"),
        (("-m", "m", "-s", 'jean", "bystander'), "there is no subject"),
        (("report", "open-m"), "there is no drill `open-m`"),
        (("report",), "say `licet drill report NAME`"),
    ],
)
def test_what_cannot_be_a_drill_changes_nothing(
    quiet: Installed, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    capsys.readouterr()
    asked = ["--config", str(quiet.home / "licet.yaml"), "drill", *arguments, "--json"]
    assert run(HostWorld(), asked) == 2
    assert message in json.loads(capsys.readouterr().out)["error"]["message"]
    assert len(quiet.store.enactments()) == 1
