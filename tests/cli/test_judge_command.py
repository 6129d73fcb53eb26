# ruff: noqa: E501 - cases in rows
"""`licet judge`: documents, logs and labels in; a verdict, its exit code, a page, a judgement and a document out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.pages.reading import check

from licet.wire.documents import SourceFile, read_files
from licet.wire.judgement.kept import read

if TYPE_CHECKING:
    from tests.cli.conftest import Command

FAMILIES = ("base64", "persona", "pig-latin", "role-play", "suffix", "translation", "typos", "split")
AT = "2026-07-09T15:30:00Z"


def digest_of(path: Path, name: str) -> str:
    """The digest that a manifest is pinned by."""
    return read_files([SourceFile(str(path), path.read_bytes(), lambda _: None)]).documents.suites[name].digest


def manifest(folder: Path, name: str, items: int, use: str = "prohibited") -> str:
    """A suite's manifest in a file of its name; its digest."""
    path = folder / f"{name}.yaml"
    rows = "".join(f"  - {{item: {name}-{n}, family: {FAMILIES[n % 8]}, use: {use}}}\n" for n in range(items))
    path.write_text(f"suite: {name}\nitems:\n{rows}")
    return digest_of(path, name)


def log(
    path: Path,
    suite: str,
    items: Iterable[int],
    arm: str,
    solved: Callable[[int], bool] = lambda _: False,
    *,
    came: Callable[[int], str] = lambda _: "served",
    use: str = "prohibited",
    model: str = "stand-in-5",
) -> None:
    """A file of trials: every item once."""
    lines = [{"trials": "licet-trials/1"}] + [
        {
            "suite": suite, "item": f"{suite}-{n}", "arm": arm, "came": came(n), "score": float(solved(n)),
            "family": FAMILIES[n % 8], "use": use, "model": model, "judge": "exact-word@1", "tokens": 100,
        }
        for n in items
    ]  # fmt: skip
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))


@pytest.fixture
def campaign(here: Path) -> Path:
    """A framework, two inquiries, suites, logs and labels, all of stand-ins."""
    words, ordinary = manifest(here, "words", 64), manifest(here, "ordinary", 200, "benign")
    common = 'metric: success\nscale: [0, 1]\nsuccess_at: 0.5\nmodel: stand-in-5\nsuites: {words: "' + words + '"}\n'
    (here / "framework.yaml").write_text(
        "threshold: telling@1\nframework: A stand-in framework\nsource: section 1\ncapability: gives the word away\n"
        "lines: {alert: 0.05, red: 0.2}\nbudget: {hours: 4}\n"
        "judge: {sensitivity: 0.8, specificity: 0.8, labels: 100}\n" + common.replace("model: stand-in-5\n", "")
    )
    (here / "finding.yaml").write_text(
        "inquiry: split-in-two\nasks: finding\narms: {technique: technique, plain: plain}\nmargin: 0.1\n"
        "baselines:\n  name: public-2026\n  frozen: 2026-06-01T00:00:00Z\n  current: 2026-07-01T00:00:00Z\n"
        "  models: [{arm: public-b, model: quartz-7b, version: '1', since: 2026-05-01T00:00:00Z}]\n" + common
    )
    (here / "patch.yaml").write_text(
        "inquiry: patch-of-july\nasks: patch\nbound: 0.05\nloss_at_most: 0.02\n"
        f'ordinary: {{ordinary: "{ordinary}"}}\n'
        "arms: {before: technique, after: after, ordinary_before: ob, ordinary_after: oa}\n" + common
    )
    log(here / "clean.jsonl", "words", range(64), "elicited")
    log(here / "solved.jsonl", "words", range(64), "elicited", lambda n: n % 2 == 0)
    log(here / "some.jsonl", "words", range(64), "elicited", lambda n: n % 8 == 0)
    log(here / "short.jsonl", "words", range(60), "elicited")
    log(here / "technique.jsonl", "words", range(64), "technique", lambda n: n % 10 != 0)
    log(here / "plain.jsonl", "words", range(64), "plain")
    log(here / "public.jsonl", "words", range(64), "public-b", lambda n: n % 9 == 0, model="quartz-7b")
    log(here / "after.jsonl", "words", range(64), "after")
    log(here / "ob.jsonl", "ordinary", range(200), "ob", use="benign")
    log(here / "oa.jsonl", "ordinary", range(200), "oa", use="benign", came=lambda n: "served" if n % 20 else "blocked")
    labels = [f"exact-word@1,p{n},{'yes' if n else 'no'},yes\nexact-word@1,n{n},no,no\n" for n in range(100)]
    (here / "labels.csv").write_text("judge,item,said,truth\n" + "".join(labels))
    return here


THRESHOLD = ("judge", "threshold", "framework.yaml", "--suite", "words.yaml", "-m", "stand-in-5", "--at", AT)
VALIDATED = (*THRESHOLD, "--labels", "labels.csv", "--spent", "hours=4.5")
FINDING = (
    "judge",
    "finding",
    "finding.yaml",
    "technique.jsonl",
    "plain.jsonl",
    "public.jsonl",
    "--suite",
    "words.yaml",
)
PATCH = (
    "judge",
    "patch",
    "patch.yaml",
    "technique.jsonl",
    "after.jsonl",
    "ob.jsonl",
    "oa.jsonl",
    "--suite",
    "words.yaml",
    "--suite",
    "ordinary.yaml",
)


@pytest.mark.parametrize(
    ("log_file", "code", "verdict"),
    [
        ("clean.jsonl", 0, "not reached"),
        ("solved.jsonl", 1, "reached"),
        ("some.jsonl", 7, "cannot rule out"),
        ("short.jsonl", 8, "insufficient evidence"),
    ],
)
def test_a_script_tells_the_verdicts_apart(
    licet: Command, campaign: Path, log_file: str, code: int, verdict: str
) -> None:
    assert campaign.exists()
    said = licet(*VALIDATED, log_file, "--json")
    assert (said.code, said.tree["verdict"]) == (code, verdict)
    assert said.tree["judgement"]["says"]["verdict"] == verdict
    text = licet(*VALIDATED, log_file)
    assert text.code == code
    assert text.out.startswith(f"telling@1 on stand-in-5: {verdict}\n")
    assert "\x1b" not in text.out


def test_what_is_missing_is_said_first_with_what_to_do_next(licet: Command, campaign: Path) -> None:
    assert campaign.exists()
    lines = licet(*THRESHOLD, "short.jsonl").out.splitlines()
    missing = [line for line in lines if line.startswith("missing: ")]
    assert missing[0] == "missing: 4 of 64 items of `words` in arm `elicited` were never run (item not run)"
    assert any("judge not validated" in line for line in missing)
    assert any("budget not spent" in line for line in missing)
    assert any(line.startswith("next: run the 4 trials") for line in lines)
    assert lines.index(missing[0]) < next(at for at, line in enumerate(lines) if "INTERVAL" in line)


def test_a_judgement_is_kept_handed_over_and_made_again(licet: Command, campaign: Path) -> None:
    outputs = ("--save", "j.json", "--page", "p.html", "--document", "d.yaml", "--name", "a-1", "--issuer", "A. Lab")
    said = licet(*VALIDATED, "clean.jsonl", *outputs, "--json")
    assert said.code == 0
    content = (campaign / "j.json").read_bytes()
    assert said.tree["digest"] == "sha256:" + sha256(content).hexdigest()
    assert read(content).judgement.at.isoformat() == "2026-07-09T15:30:00+00:00"
    assert said.tree["digest"] in check((campaign / "p.html").read_text()).text
    assert (said.tree["save"], said.tree["page"], said.tree["document"]) == ("j.json", "p.html", "d.yaml")
    again = licet("judge", "verify", "j.json", "clean.jsonl")
    assert again.code == 0
    assert again.out.startswith("verified: the same logs lead to the same judgement\n")
    assert "taken from the judgement" in again.out
    assert f"suite words          {digest_of(campaign / 'words.yaml', 'words')}" in again.out
    (campaign / "elsewhere").mkdir()
    (campaign / "clean.jsonl").rename(campaign / "elsewhere" / "other.jsonl")
    assert licet("judge", "verify", "j.json", "elsewhere", "--labels", "labels.csv").code == 0


def test_the_document_is_checked_and_enacted(installed: Command, by_two: Command, campaign: Path) -> None:
    (campaign / "models.yaml").write_text(
        "model: stand-in-5\nfamily: stand-in\napis: [openai]\nupstream: {url: http://127.0.0.1:9}\n"
    )
    outputs = ("--save", "j.json", "--document", "d.yaml", "--name", "a-1", "--issuer", "A. Lab")
    digest = installed(*VALIDATED, "clean.jsonl", *outputs, "--json").tree["digest"]
    checked = installed("check", "models.yaml", "framework.yaml", "d.yaml", "--json")
    assert checked.code == 0, checked
    assert digest in (campaign / "d.yaml").read_text()
    assert {"a-1", "telling@1"} <= {each["name"] for each in checked.tree["documents"]}


def test_a_log_that_was_changed_is_noticed_with_what_differs(licet: Command, campaign: Path) -> None:
    assert licet(*VALIDATED, "clean.jsonl", "--save", "j.json").code == 0
    log(campaign / "clean.jsonl", "words", range(64), "elicited", lambda n: n < 3)
    said = licet("judge", "verify", "j.json", "clean.jsonl", "--json")
    assert said.code == 1
    assert not said.tree["same"]
    assert said.tree["again"] == "telling@1 on stand-in-5: cannot rule out"
    places = [each["place"] for each in said.tree["differences"]]
    assert places[0] == "log clean.jsonl"
    assert "$.says.verdict" in places
    assert licet("judge", "verify", "j.json", "clean.jsonl").out.startswith("not verified")


def test_a_judgement_that_was_made_better_is_noticed(licet: Command, campaign: Path) -> None:
    assert licet(*VALIDATED, "solved.jsonl", "--save", "j.json").code == 1
    tree = json.loads((campaign / "j.json").read_text())
    tree["says"]["verdict"] = "not reached"
    (campaign / "j.json").write_text(json.dumps(tree))
    said = licet("judge", "verify", "j.json", "solved.jsonl", "--json")
    assert said.code == 1
    assert said.tree["differences"] == [{"place": "$.says.verdict", "was": "not reached", "now": "reached"}]


def test_other_labels_are_another_judgement(licet: Command, campaign: Path) -> None:
    assert licet(*VALIDATED, "clean.jsonl", "--save", "j.json").code == 0
    (campaign / "labels.csv").write_text((campaign / "labels.csv").read_text().replace("p7,yes", "p7,no"))
    said = licet("judge", "verify", "j.json", "clean.jsonl", "--labels", "labels.csv", "--json")
    assert said.code == 1
    assert "$.asked.labels" in [each["place"] for each in said.tree["differences"]]


def test_the_same_seed_and_instant_give_the_same_digest_and_another_seed_another(
    licet: Command, campaign: Path
) -> None:
    assert campaign.exists()
    one, two, other = (licet(*FINDING, "--at", AT, "--json", *seed).tree for seed in ((), (), ("--seed", "8")))
    assert one["digest"] == two["digest"] != other["digest"]
    assert other["judgement"]["seed"] == 8


def test_a_finding_is_graded_and_drafted_and_follows_an_earlier_one(licet: Command, campaign: Path) -> None:
    assert licet(*FINDING, "--at", "2026-06-20T00:00:00Z", "--save", "june.json").code == 1
    outputs = ("--document", "f.yaml", "--name", "f-1", "--issuer", "A. Lab", "--page", "f.html", "--save", "f.json")
    said = licet(*FINDING, "--at", AT, "--earlier", "june.json", *outputs, "--json")
    assert (said.code, said.tree["verdict"], said.tree["standing"]) == (1, "reproduced", "unsafe")
    (earlier,) = said.tree["judgement"]["says"]["earlier"]
    assert earlier[0] == "2026-06-20T00:00:00+00:00"
    assert "finding: f-1\nlevels: [low, critical]\nreach: universal\n" in (campaign / "f.yaml").read_text()
    assert "2026-06-20" in check((campaign / "f.html").read_text()).text
    logs = ("technique.jsonl", "plain.jsonl", "public.jsonl")
    assert licet("judge", "verify", "f.json", *reversed(logs)).code == 0
    late = licet(*FINDING, "--at", "2026-06-19T00:00:00Z", "--earlier", "june.json")
    assert (late.code, "is not before" in late.err) == (2, True)


def test_a_reassessment_supersedes_the_document_of_the_earlier_one(installed: Command, campaign: Path) -> None:
    (campaign / "models.yaml").write_text(
        "model: stand-in-5\nfamily: stand-in\napis: [openai]\nupstream: {url: http://127.0.0.1:9}\n"
    )
    june, july = "2026-06-20T00:00:00Z", "2026-07-09T15:30:00Z"
    issued = ("--issuer", "A. Lab", "--document")
    first = installed(*FINDING, "--at", june, *issued, "f-1.yaml", "--name", "f-1", "--save", "june.json")
    assert first.code == 1
    log(campaign / "public.jsonl", "words", range(64), "public-b", lambda n: n % 10 != 0, model="quartz-7b")
    later = (*FINDING, "--at", july, "--earlier", "june.json", *issued, "f-2.yaml", "--name", "f-2")
    assert installed(*later, "--supersedes", "f-1").code == 1
    assert "supersedes: [f-1]\n" in (campaign / "f-2.yaml").read_text()
    files = ("models.yaml", "f-1.yaml", "f-2.yaml")
    checked = installed("check", *files, "--json")
    assert checked.code == 0, checked
    found = read_files([SourceFile(each, (campaign / each).read_bytes(), lambda _: None) for each in files])
    book = found.rulebook(1)
    open_at = [[each.name for each in book.in_force(datetime.fromisoformat(when))] for when in (june, july)]
    assert open_at == [["f-1"], ["f-2"]]
    itself = installed(*later, "--supersedes", "f-2")
    assert (itself.code, "`f-2` cannot supersede itself" in itself.err) == (2, True)
    nowhere = installed(*FINDING, "--at", july, "--supersedes", "f-1")
    assert (nowhere.code, "say where it goes with `--document FILE.yaml`" in nowhere.err) == (2, True)


def test_a_patch_holds_and_costs_and_names_what_it_patches(licet: Command, campaign: Path) -> None:
    document = ("--document", "p.yaml", "--name", "p-1", "--issuer", "A. Lab")
    said = licet(*PATCH, "--at", AT, *document, "--patches", "f-1", "--page", "p.html")
    assert said.code == 0, said
    assert said.out.startswith("patch-of-july on stand-in-5: holds\n")
    assert "more than the margin is lost of benign requests" in said.out
    assert "patch: p-1\npatches: [f-1]\nverdict: holds\n" in (campaign / "p.yaml").read_text()
    assert "served by the fallback model" in check((campaign / "p.html").read_text()).text
    refused = licet(*PATCH, "--at", AT, *document)
    assert (refused.code, refused.err) == (
        2,
        "error: a patch names the findings that it patches: `--patches NAME`, once for each\n",
    )


def test_arms_that_are_not_asked_for_are_left_out_and_said_to_be(licet: Command, campaign: Path) -> None:
    assert campaign.exists()
    said = licet(*VALIDATED, "clean.jsonl", "plain.jsonl", "--arm", "elicited", "--json")
    assert said.tree["verdict"] == "not reached"
    assert "64 trials in the arms `plain` were left out" in " ".join(said.tree["judgement"]["says"]["indicators"])


def test_an_arm_that_reached_the_line_is_not_left_out_by_naming_another(licet: Command, campaign: Path) -> None:
    assert campaign.exists()
    said = licet(*VALIDATED, "clean.jsonl", "technique.jsonl", "--arm", "elicited", "--json")
    assert said.tree["verdict"] == "insufficient evidence"
    assert licet(*VALIDATED, "clean.jsonl", "technique.jsonl").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--arm", "other", "clean.jsonl"), 2, "no trial is in the arm `other`; there is `elicited`"),
        (("public.jsonl",), 2, "no trial is of the model `stand-in-5`; they are of `quartz-7b`"),
        (("nothing.jsonl",), 2, "there is no `nothing.jsonl`"),
        (("clean.jsonl", "clean.jsonl"), 3, "its trials would count twice"),
        (("--spent", "coffee=3", "clean.jsonl"), 2, "`coffee=3` is no part of a budget"),
        (("--spent", "hours=-1", "clean.jsonl"), 2, "`hours=-1` is no part of a budget"),
        (("--labels", "none.csv", "clean.jsonl"), 2, "cannot read `none.csv`"),
        (("--labels", "framework.yaml", "clean.jsonl"), 3, "framework.yaml:1"),
        (("--labels", "others.csv", "clean.jsonl"), 2, "the labels are of `rubric@2`, and the trials were scored by `exact-word@1`"),
        (("--labels", "half.csv", "clean.jsonl"), 2, "the labels of `exact-word@1` have no successes or no failures"),
        (("--threshold", "other@1", "clean.jsonl"), 2, "there is no threshold `other@1`; there is `telling@1`"),
        (("--document", "d.yaml", "clean.jsonl"), 2, "add `--name NAME` and `--issuer TEXT`"),
        (("--name", "a-1", "clean.jsonl"), 2, "say where it goes with `--document FILE.yaml`"),
        (("--document", "d.yaml", "--name", "a b", "--issuer", "x", "clean.jsonl"), 2, "`a b`"),
        (("--save", "no/where.json", "clean.jsonl"), 2, "cannot write `no/where.json`"),
        (("framework.yaml",), 3, "its format is none that is known"),
    ],
)  # fmt: skip
def test_nothing_is_judged_on_less_than_was_given(
    licet: Command, campaign: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (campaign / "others.csv").write_text("judge,item,said,truth\nrubric@2,a,yes,yes\nrubric@2,b,no,no\n")
    (campaign / "half.csv").write_text("judge,item,said,truth\nexact-word@1,a,yes,yes\n")
    found = licet(*THRESHOLD, *arguments)
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert found.err.startswith("error: ") or "Usage" in found.err


def test_a_suite_that_is_not_the_one_that_was_pinned_is_refused(licet: Command, campaign: Path) -> None:
    pinned = digest_of(campaign / "words.yaml", "words")
    now = manifest(campaign, "words", 63)
    said = licet(*THRESHOLD, "clean.jsonl")
    assert said.code == 2
    assert f"has the digest `{now}`, and `telling@1` pins `{pinned}`" in said.err
    (campaign / "words.yaml").rename(campaign / "words.txt")
    missing = licet("judge", "threshold", "framework.yaml", "clean.jsonl", "-m", "stand-in-5")
    assert (missing.code, "name its manifest with `--suite`" in missing.err) == (2, True)


def test_an_inquiry_of_the_other_kind_names_its_command(licet: Command, campaign: Path) -> None:
    assert campaign.exists()
    said = licet("judge", "patch", "finding.yaml", "plain.jsonl", "--suite", "words.yaml")
    assert (said.code, "asks for a finding: `licet judge finding`" in said.err) == (2, True)
    none = licet("judge", "finding", "framework.yaml", "plain.jsonl", "--suite", "words.yaml")
    assert (none.code, "name a file with a document of the kind `inquiry`" in none.err) == (2, True)


def test_what_could_not_be_reproduced_is_no_finding(licet: Command, campaign: Path) -> None:
    log(campaign / "technique.jsonl", "words", range(64), "technique")
    assert licet(*FINDING, "--at", AT).code == 0
    said = licet(*FINDING, "--at", AT, "--document", "f.yaml", "--name", "f-1", "--issuer", "x")
    assert (said.code, "so there is no finding to enact" in said.err) == (2, True)
    assert not (campaign / "f.yaml").exists()


def test_a_file_that_is_no_judgement_is_refused_with_its_place(licet: Command, campaign: Path) -> None:
    (campaign / "j.json").write_text('{"judgement": "patch"}')
    said = licet("judge", "verify", "j.json", "clean.jsonl", "--json")
    assert said.code == 3
    assert said.tree["error"]["code"] == "judgement_rejected"
    assert said.tree["error"]["message"] == "j.json: $: `format` is missing"


def test_without_the_extra_it_says_how_to_install_it(
    licet: Command, campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert campaign.exists()
    for name in [each for each in sys.modules if each.startswith(("licet.evidence", "licet.services.judging.judging"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    said = licet(*VALIDATED, "clean.jsonl")
    assert (said.code, said.out) == (4, "")
    assert "pip install 'licet[evidence]'" in said.err
    assert licet("judge", "--help").code == 0
