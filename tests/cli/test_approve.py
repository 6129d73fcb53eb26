"""`enact`, `approve`, `proposals`, `withdraw`: one officer for what only narrows, two for everything else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.adapters.store import open_store
from licet.app.world import HostWorld
from licet.services.stored import Event

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = "us-doc-2026-06-12"
FAR = "2100-06-12T18:51:00-04:00"
AMENDED = "2100-06-20T12:00:00-04:00"
ORDER = """\
order: {name}
issued: 2026-06-12T17:21:00-04:00
from: {at}
models: [small]
uses: {{foreign_person: foreign_person@15cfr772.1}}
forbids: {forbids}
review_by: 2100-09-10T00:00:00-04:00
"""
RELEASE = (
    "release: tune\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [small]\n"
    "operations: [tune]\nto: staff\n"
)


def order(name: str, *lines: str, forbids: str = "foreign_person", at: str = FAR) -> Path:
    path = Path(f"{name}.yaml")
    path.write_text(ORDER.format(name=name, forbids=forbids, at=at) + "".join(f"{line}\n" for line in lines))
    return path


def release() -> Path:
    Path("tune.yaml").write_text(RELEASE)
    return Path("tune.yaml")


def events(here: Path) -> Iterator[tuple[Event, dict[str, Any]]]:
    store = open_store(here / ".licet", HostWorld().now())
    try:
        yield from ((each, json.loads(each.body)) for each in store.events(0))
    finally:
        store.close()


def proposed(licet: Command, path: Path, actor: str = "ann") -> str:
    said = licet("enact", path, "--actor", actor, "--json")
    assert said.code == 6
    return str(said.tree["proposal"])


def test_an_order_that_only_narrows_is_enacted_by_one_officer_at_once(installed: Command, here: Path) -> None:
    said = installed("enact", order(JUNE), "--actor", "ann")
    assert said.code == 0
    assert "proved: it only narrows access" in said.out
    assert "enacted as epoch 2" in said.out
    enacted = installed("status", "--json").tree["enacted"]
    assert (enacted["actor"], enacted["approved_by"], enacted["ground"]) == ("ann", None, "narrows")
    assert "proved to only narrow access" in installed("status").out
    _, body = [each for each in events(here) if each[0].kind == "enacted"][-1]
    assert body["ground"] == "narrows"
    assert body["findings"][0].startswith("proved: it only narrows access")


def test_what_widens_waits_for_another_officer(installed: Command, here: Path) -> None:
    said = installed("enact", release(), "--actor", "ann")
    assert said.code == 6
    assert "it widens access: " in said.out
    assert "nothing of it is in force" in said.out
    (waits,) = installed("status", "--json").tree["waiting"]
    assert f"it needs a second officer: licet approve {waits}" in said.out
    assert installed("status", "--json").tree["epoch"] == 1
    done = installed("approve", waits, "--actor", "ben", "--json")
    assert done.code == 0
    wanted = {
        "enacted": True,
        "epoch": 2,
        "actor": "ann",
        "approved_by": "ben",
        "ground": "two officers",
        "proposal": waits,
        "moved": False,
    }
    assert {name: done.tree[name] for name in wanted} == wanted
    assert "by ann, approved by ben" in installed("status").out
    kinds = [(each.kind, each.actor) for each, _ in events(here)][-3:]
    assert kinds == [("proposed", "ann"), ("approved", "ben"), ("enacted", "ann")]


def test_an_amendment_that_spares_staff_is_caught_with_somebody(installed: Command) -> None:
    """It looks like the same order, and lets foreign staff in."""
    assert installed("enact", order(JUNE)).code == 0
    mild = order("mild", f"supersedes: [{JUNE}]", forbids="foreign_person and not staff", at=AMENDED)
    said = installed("enact", mild, "--json")
    assert said.code == 6
    narrows = said.tree["review"]["narrows"]
    assert narrows["answer"] == "refuted"
    assert narrows["witness"]["at"].startswith("2100-06-20T")
    assert narrows["witness"]["facts"]["staff"] is True
    assert narrows["witness"]["before"]["outcome"] == "refuse"
    assert narrows["witness"]["after"] == {
        "outcome": "serve",
        "served": "small",
        "instruments": narrows["witness"]["after"]["instruments"],
    }
    text = installed("enact", mild)
    assert text.code == 6
    assert "for example somebody with" in text.out
    assert "staff = true" in text.out
    same = order("same", f"supersedes: [{JUNE}]", at=AMENDED)
    assert installed("enact", same).code == 0, "the same order once more opens nothing"


def test_one_microsecond_between_two_orders_is_caught(installed: Command) -> None:
    """The first order has an end, and the stricter one that follows begins one microsecond after it."""
    assert installed("enact", order(JUNE)).code == 0
    ending = order("ends", f"supersedes: [{JUNE}]", f"until: {AMENDED}", at=FAR)
    strict = order("strict", forbids="'True'", at="2100-06-20T12:00:00.000001-04:00")
    said = installed("enact", ending, strict, "--json")
    assert said.code == 6
    witness = said.tree["review"]["narrows"]["witness"]
    assert witness["at"] in (AMENDED, "2100-06-20T16:00:00+00:00")
    assert (witness["before"]["outcome"], witness["after"]["outcome"]) == ("refuse", "serve")
    assert witness["at"] in installed("enact", ending, strict).out
    gapless = order("strict", forbids="'True'", at=AMENDED)
    assert installed("enact", ending, gapless).code == 0


def test_a_models_document_needs_two_officers(installed: Command) -> None:
    path = Path("rulebook/models.yaml")
    path.write_text(path.read_text().replace("127.0.0.1:9", "127.0.0.1:8"))
    said = installed("enact", path, "--json")
    assert said.code == 6
    assert [each["check"] for each in said.tree["review"]["findings"]] == ["models"]


def test_the_same_officer_cannot_approve(installed: Command) -> None:
    waits = proposed(installed, release(), "A. Counsel")
    for name in ("A. Counsel", "a. counsel", " A.  COUNSEL "):
        said = installed("approve", waits, "--actor", name, "--yes")
        assert said.code == 1
        assert "`A. Counsel` proposed" in said.err
    assert installed("approve", waits, "--actor", "A. Counsel", "--json").tree["error"]["code"] == "approval_refused"
    assert installed("status", "--json").tree["epoch"] == 1


def test_by_default_an_officer_is_the_user_of_the_system(installed: Command) -> None:
    said = installed("enact", release(), "--json")
    assert said.tree["actor"] == HostWorld().actor
    assert installed("approve", said.tree["proposal"]).code == 1
    assert installed("approve", said.tree["proposal"], "--actor", "somebody else").code == 0


def test_a_rulebook_that_changed_since_is_reviewed_anew_and_never_silently(installed: Command) -> None:
    waits = proposed(installed, release())
    assert installed("enact", order(JUNE)).code == 0
    said = installed("approve", waits, "--actor", "ben")
    assert said.code == 1
    assert "the rulebook has changed since: epoch 2 is in force" in said.out
    assert "nothing was enacted: the rulebook has changed since" in said.out
    tree = installed("approve", waits, "--actor", "ben", "--json").tree
    assert (tree["enacted"], tree["moved"], tree["proposed_on"], tree["before"]["epoch"]) == (False, True, 1, 2)
    assert tree["review"]["narrows"]["answer"] == "refuted"
    assert installed("status", "--json").tree["epoch"] == 2
    said = installed("approve", waits, "--actor", "ben", "--yes")
    assert said.code == 0
    assert "the rulebook has changed since" in said.out
    assert "enacted as epoch 3" in said.out


def test_a_proposal_that_no_longer_fits_is_refused(installed: Command) -> None:
    waits = proposed(installed, release())
    Path("other.yaml").write_text(RELEASE.replace("staff", "staff and us_citizen"))
    rival = proposed(installed, Path("other.yaml"), "cleo")
    assert installed("approve", rival, "--actor", "ben").code == 0
    said = installed("approve", waits, "--actor", "ben", "--yes")
    assert said.code == 1
    assert f"`{waits}` no longer fits what is enacted" in said.err
    assert "exists already with another content" in said.err
    states = {each["id"]: each["state"] for each in installed("proposals", "--json").tree["proposals"]}
    assert states == {waits: "superseded", rival: "enacted"}
    assert installed("proposals", "--open", "--json").tree["proposals"] == []


def test_what_waits_already_is_not_proposed_twice(installed: Command) -> None:
    waits = proposed(installed, release())
    assert proposed(installed, release(), "ben") == waits
    assert len(installed("proposals", "--json").tree["proposals"]) == 1


def test_proposals_and_what_became_of_them(installed: Command) -> None:
    assert "no proposals" in installed("proposals").out
    first = proposed(installed, release())
    said = installed("withdraw", first, "--reason", "a slip", "--actor", "ben")
    assert (said.code, f"{first} is withdrawn" in said.out) == (0, True)
    second = proposed(installed, release())
    assert second != first
    assert installed("approve", second, "--actor", "ben").code == 0
    found = installed("proposals", "--json").tree["proposals"]
    assert [(each["state"], each["enacted"]) for each in found] == [("withdrawn", None), ("enacted", 2)]
    assert found[0]["withdrawn"]["reason"] == "a slip"
    assert found[1]["documents"][0]["name"] == "tune"
    assert found[1]["summary"]["review"]["only_narrows"] is False
    text = installed("proposals").out
    assert "withdrawn by ben: a slip" in text
    for name in (first, second):
        assert installed("approve", name, "--actor", "cleo").code == 1
        assert installed("withdraw", name, "--reason", "x").code == 1
    assert "open are: none" in installed("approve", "p-0").err
    assert installed("withdraw", second).code == 2


def test_a_lift_of_an_order_takes_two_and_keeps_its_text_once_it_is_approved(installed: Command) -> None:
    assert installed("enact", order(JUNE)).code == 0
    said = installed("lift", JUNE, "--from", FAR, "--actor", "ann", "--reasons", "letter", "--json")
    assert said.code == 6
    assert not list(Path("rulebook").glob("lift*"))
    done = installed("approve", said.tree["proposal"], "--actor", "ben", "--json")
    assert done.code == 0
    text = Path(done.tree["file"]).read_text()
    assert f"ends: [{JUNE}]" in text
    assert 'issuer: "ann"' in text
    assert installed("enact", "rulebook", "--json").tree["enacted"] is False, "what is in the file is what was enacted"


def test_a_lift_of_a_release_takes_one(installed: Command) -> None:
    name = next(path.read_text().split("release: ")[1].split("\n")[0] for path in [Path("rulebook/release.yaml")])
    said = installed("lift", name, "--json")
    assert (said.code, said.tree["ground"]) == (0, "narrows")
    assert Path(said.tree["file"]).is_file()


def test_one_officer_alone_where_the_configuration_says_so(installed: Command, here: Path) -> None:
    with (here / "licet.yaml").open("a") as configuration:
        configuration.write("officers: 1\n")
    said = installed("enact", release(), "--actor", "ann")
    assert said.code == 0
    assert "made by ann alone, as `officers: 1` allows" in said.out
    assert installed("enact", order(JUNE), "--json").tree["ground"] == "narrows"
    status = installed("status", "--json").tree
    assert (status["alone"], status["enacted"]["ground"]) == ([2], "narrows")
    assert "one officer alone  epochs 2" in installed("status").out
    (here / "licet.yaml").write_text((here / "licet.yaml").read_text().replace("officers: 1", "officers: 3"))
    said = installed("status")
    assert said.code == 4
    assert "`3` is not allowed here; allowed: a whole number from 1 to 2" in said.err


def test_the_founding_says_so(installed: Command) -> None:
    assert installed("status", "--json").tree["enacted"]["ground"] == "founding"
    assert "at the founding" in installed("status").out


def test_findings_are_shown_and_kept_with_the_enactment(installed: Command, here: Path) -> None:
    path = order(JUNE, forbids="'True'")
    path.write_text(path.read_text().replace("review_by: 2100-09-10T00:00:00-04:00\n", ""))
    said = installed("enact", path)
    assert said.code == 0
    assert "nobody can use small from" in said.out
    assert "has neither an end (`until`) nor a date of review" in said.out
    _, body = [each for each in events(here) if each[0].kind == "enacted"][-1]
    assert any(each.startswith("nobody left: nobody can use small") for each in body["findings"])


WITHOUT_Z3 = "import sys; sys.modules['z3'] = None; from licet.app.main import main; sys.exit(main())"


def test_without_the_prover_even_an_order_takes_two(installed: Command) -> None:
    path = order(JUNE)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_Z3, "enact", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 6, done.stderr
    assert "not proved to only narrow access: the prover is not installed" in done.stdout
    assert "pip install 'licet[proofs]'" in done.stdout


def test_the_help_loads_no_prover() -> None:
    for arguments in (("--help",), ("enact", "--help"), ("approve", "--help")):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "licet.app.main", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert not loaded & {"z3", "licet.engines.proofs.prover", "sqlalchemy"}


def test_an_enactment_that_changes_nothing_is_still_nothing(installed: Command, june: Command) -> None:
    said = june("enact", "rulebook", "--json")
    assert (said.code, said.tree["enacted"]) == (0, False)


@pytest.mark.parametrize("arguments", [("proposals",), ("approve", "p-0"), ("withdraw", "p-0", "--reason", "x")])
def test_every_answer_is_json_too(installed: Command, arguments: tuple[str, ...]) -> None:
    said = installed(*arguments, "--json")
    assert said.err == ""
    assert isinstance(said.tree, dict)
