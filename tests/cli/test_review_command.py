"""`licet review`: all that there is to read before signing, for people, programs, as a page; what is left out."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.app.world import HostWorld
from licet.cli.world import ExtraMissing

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
LICET = Path(sys.executable).with_name("licet")
READ = "2026-06-12T17:21:00-04:00"
LETTER = "us-doc-2026-06-12"
PEOPLE = ("--population", JUNE / "people.csv")


def document(name: str) -> str:
    texts = re.split(r"^---\n", (JUNE / "instruments.yaml").read_text(), flags=re.MULTILINE)
    (text,) = [each for each in texts if re.search(rf"^\w+: {re.escape(name)}$", each, re.MULTILINE)]
    return text


@pytest.fixture
def ninth_of_june(by_two: Command, installed: Command, here: Path) -> Command:
    """The models and releases of 9 June are in force; the letter and two properties lie beside."""
    for path in JUNE.glob("*.csv"):
        (here / path.name).write_bytes(path.read_bytes())
    releases = ("dev-opus-4.8", "dev-fable-5-2026-06-09", "dev-mythos-5-2026-06-09")
    (here / "before.yaml").write_text("---\n".join(map(document, releases)))
    (here / "letter.yaml").write_text(document(LETTER))
    properties = (JUNE / "properties.yaml").read_text().split("---\n")
    (here / "properties.yaml").write_text("---\n".join(properties[:2]))
    assert by_two("enact", JUNE / "models.yaml", here / "before.yaml").code == 0
    return installed


def test_everything_that_there_is_to_read(ninth_of_june: Command) -> None:
    said = ninth_of_june("review", "letter.yaml", "properties.yaml", *PEOPLE, "--since", READ)
    assert said.code == 0, said.err
    out = said.out
    parts = [
        "claims nobody-allowed",
        "proved: it only narrows access",
        "of 7 subjects 1 lose fable-5",
        "one officer is enough: `licet enact` puts it in force at once",
        "── whom it touches",
        "fable-5: 4 subjects lose it, 4 of them served opus-4.8 instead",
        "── what it changes",
        "From 2026-06-12 21:21:00+00:00 on, the draft serves",
        "── what holds",
        "proved  foreign-persons-are-out",
        "2 proved",
        "assumed of everybody, and nothing else:",
    ]
    places = [out.find(part) for part in parts]
    assert -1 not in places, [part for part, place in zip(parts, places, strict=True) if place < 0]
    assert places == sorted(places)
    assert "LEFT OUT" not in out
    assert out.count("nothing was changed") == 1
    assert out.endswith("nothing was changed\n")


def test_the_same_for_programs(ninth_of_june: Command) -> None:
    before = ninth_of_june("status", "--json").tree
    said = ninth_of_june("review", "letter.yaml", "properties.yaml", *PEOPLE, "--since", READ, "--json")
    assert said.code == 0, said.err
    tree = said.tree
    assert tree["now"] == READ
    assert tree["one_officer"] is True
    assert tree["review"]["only_narrows"] is True
    assert tree["preview"]["accounts"] == 7
    assert {each["subjects"] for each in tree["difference"]["differences"]} == {0, 1, 2, 3}
    assert [(each["property"]["name"], each["answer"]) for each in tree["proofs"]] == [
        ("fable-stays-out-until-the-lift", "proved"),
        ("foreign-persons-are-out", "proved"),
    ]
    assert tree["left_out"] == []
    assert ninth_of_june("status", "--json").tree["epoch"] == before["epoch"]


def test_a_slip_is_said_first_on_the_page(ninth_of_june: Command, here: Path) -> None:
    slip = (
        (here / "letter.yaml").read_text().replace("forbids: foreign_person", "forbids: foreign_person and not staff")
    )
    (here / "letter.yaml").write_text(slip)
    said = ninth_of_june(
        "review", "letter.yaml", "properties.yaml", *PEOPLE, "--since", READ, "--html", "review.html", "--json"
    )
    assert said.code == 0, said.err
    assert said.tree["html"] == "review.html"
    assert [each["answer"] for each in said.tree["proofs"]] == ["refuted", "refuted"]
    assert [each["severity"] for each in said.tree["review"]["findings"]][:2] == ["serious", "serious"]
    page = (here / "review.html").read_text()
    assert page.index("2 findings are serious.") < page.index("Proved: it only narrows access.")
    assert "0 of 2" in page
    for heading in ("What the checks found", "Whom it touches", "In sentences", "Each property", "The draft"):
        assert f">{heading}</h2>" in page


def test_the_stores_subjects_are_counted_all_of_them(june: Command, here: Path) -> None:
    text = document(LETTER).replace(LETTER, "draft").replace("2026-06-12T18:51:00", "2126-01-01T00:00:00")
    (here / "draft.yaml").write_text(text)
    tree = june("review", "draft.yaml", "--json").tree
    assert tree["preview"]["accounts"] == 8
    (finding,) = [each for each in tree["review"]["findings"] if each["check"] == "unknown facts"]
    assert finding["sentence"].startswith("of 8 subjects 2 lose fable-5 at 2126-01-01T00:00:00-04:00 because")


def test_who_widens_needs_a_second(june: Command, here: Path) -> None:
    (here / "lift.yaml").write_text(
        document("us-doc-2026-06-30").replace("06-30\n", "06-20\n").replace("06-30T", "06-20T")
    )
    said = june("review", "lift.yaml", "--since", "2026-06-19T00:00:00Z")
    assert said.code == 0, said.err
    assert "it needs a second officer: `licet enact` proposes it, `licet approve` puts it in force" in said.out


class Bare(HostWorld):
    """A world in which no extra is installed."""

    def provers(self, *_: object, **__: object) -> None:
        return None

    def population(self, *_: object, **__: object) -> None:  # type: ignore[override]
        raise ExtraMissing("counting files of subjects is an extra: `pip install 'licet[columns]'`")

    def review_page(self, *_: object, **__: object) -> str:
        raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`")


def test_what_is_not_installed_is_left_out_and_said_to_be(
    ninth_of_june: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.cli.conftest.HostWorld", Bare, raising=False)
    monkeypatch.setattr(sys.modules[ninth_of_june.__globals__["__name__"]], "HostWorld", Bare)
    said = ninth_of_june("review", "letter.yaml", *PEOPLE, "--since", READ)
    assert said.code == 0, said.err
    assert "LEFT OUT: whom it touches is left out" in said.out
    assert "`pip install 'licet[columns]'`" in said.out
    assert "`pip install 'licet[proofs]'`" in said.out
    assert "not proved to only narrow access: the prover is not installed" in said.out
    tree = ninth_of_june("review", "letter.yaml", *PEOPLE, "--since", READ, "--json").tree
    assert (tree["preview"], tree["difference"], tree["proofs"]) == (None, None, None)
    assert len(tree["left_out"]) == 2
    assert ninth_of_june("review", "letter.yaml", "--since", READ, "--html", "page.html").code == 4


def test_without_an_installation_a_file_is_counted(licet: Command) -> None:
    files = [JUNE / f"{name}.yaml" for name in ("models", "instruments", "properties")]
    said = licet("review", *files, *PEOPLE, "--since", READ, "--json")
    assert said.code == 0, said.err
    assert {each["answer"] for each in said.tree["proofs"]} == {"proved"}
    assert licet("review", *files).code == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("prove", "--claim", "only-narrows", "--until", "now"),
        ("diff", "1", "--until", "now"),
        ("keys", "create", "first", "--expires", "now"),
    ],
    ids=" ".join,
)
def test_now_is_never_taken_for_never(installed: Command, arguments: tuple[str, ...]) -> None:
    said = installed(*arguments)
    assert said.code == 2
    assert "`now` is not understood here" in said.err


def test_a_preview_of_now_is_of_now(june: Command, here: Path) -> None:
    text = document(LETTER).replace(LETTER, "draft").replace("2026-06-12T18:51:00", "2126-01-01T00:00:00")
    (here / "draft.yaml").write_text(text)
    assert june("preview", "draft.yaml", "--json").tree["at"] == "2126-01-01T00:00:00-04:00"
    assert june("preview", "draft.yaml", "--at", "now", "--json").tree["at"] < "2126"


def rest(terminal: int) -> bytes:
    """What is still to be read of a terminal; nothing once nobody writes to it any more."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_ctrl_c_during_a_proof(here: Path) -> None:
    properties = "".join(
        f"property: p{number}\nclaim: nobody-allowed\nwhom: not staff and not us_citizen\nmodels: [mythos-5]\n"
        f"from: 2026-06-12T18:51:00-04:00\nuntil: 2026-06-26T20:{number % 60:02}:{number // 60:02}-04:00\n---\n"
        for number in range(3000)
    )
    (here / "many.yaml").write_text(properties.removesuffix("---\n"))
    terminal, standard_error = pty.openpty()
    command = [str(LICET), "prove", str(JUNE / "models.yaml"), str(JUNE / "instruments.yaml"), "many.yaml"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=standard_error)
    os.close(standard_error)
    seen = b""
    while b"proving" not in seen:  # the bar shows what is being done, once two seconds have passed
        seen += os.read(terminal, 4096)
    running.send_signal(signal.SIGINT)
    while more := rest(terminal):
        seen += more
    assert running.stdout is not None
    out = running.stdout.read()
    running.wait(timeout=60)
    os.close(terminal)
    assert running.returncode == 130, (seen[-600:], out[-600:])
    assert b"error: interrupted" in seen
    assert b"Traceback" not in seen + out
