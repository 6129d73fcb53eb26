"""A case handed over: unpacked with `unzip`, checked with `sha256sum`, and nothing withheld in its public version."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]
from tests.cases.walking import START, Walk, decision

from licet.adapters.calendars import Holidays
from licet.adapters.officer_key import OfficerSigner
from licet.adapters.store_memory import MemoryStore
from licet.core.cases.case import Case
from licet.core.cases.criteria import Judged, Verdict
from licet.core.cases.entry import Entry, Exhibit
from licet.core.cases.procedure import Deciding, Procedure
from licet.pages.case import case_page
from licet.pages.diagram import diagram
from licet.services.cases.asked import exhibit
from licet.services.cases.evidence import evidence_of, public_digests
from licet.services.cases.handing import Handed, HandingRefused, hand_over
from licet.services.cases.indexing import due_of, row_of
from licet.services.cases.laws import Law, law_from
from licet.services.cases.ports import Appending, Opened, Opening
from licet.services.stored import StoredDocument, StoredList
from licet.wire.canonical import canonical, digest

LAW = law_from((), Holidays(), START)
SECRETS = ("roe@orbital.example", "keys in a vault", "a-thousand-analysts", "q2-audit-report.pdf", "late by a storm")
SEED = bytes(range(32))
SIGNER = OfficerSigner(SEED)
ATTACHED, CONTENT = exhibit("q2-audit-report.pdf", "application/pdf", b"%PDF what the auditors found")
NOW = START + timedelta(days=1)


class Drawing:
    """The pages, without a command line."""

    def page(self, tree: Any, files: list[tuple[str, str]], meanings: Any) -> str:
        return case_page(tree, files, meanings)

    def diagram(self, procedure: Procedure) -> str:
        return diagram(procedure)


def entries() -> tuple[Procedure, tuple[Entry, ...]]:
    """An application that was granted."""
    procedure = LAW.procedure("licence_application")
    walk = Walk(LAW.engine, procedure)
    fields = dict(walk.entry("register").fields) | {
        "organisation": "Orbital Labs",
        "contact": f"Jane Roe, {SECRETS[0]}",
        "users": SECRETS[2],
        "safeguards": SECRETS[1],
        "purpose": "Defence of its own networks",
    }
    walk = walk.do("register", fields=fields, party="Orbital Labs", exhibits=(ATTACHED,))
    granted = decision(LAW.engine, procedure, Deciding.GRANT, summary="Orbital Labs may use Mythos 5.")
    granted["judged"][0]["evidence"] = [ATTACHED.digest]
    walk = replace(walk, now=NOW).do("grant", fields={"decision": granted})
    return procedure, walk.entries


def kept(*files: StoredList, exhibits: tuple[Exhibit, ...] = (ATTACHED,)) -> tuple[MemoryStore, Law, Case]:
    procedure, (first, *others) = entries()
    first = replace(first, exhibits=exhibits)
    store = MemoryStore()
    case = Walk(LAW.engine, procedure, (first, *others), NOW).case()
    opening = Opened(Opening(procedure.digest, first, SEED), row_of(case), due_of(case))
    (name,) = store.open_cases([opening], files, actor="x", at=first.at)
    change = Appending(name, 1, tuple(others), row_of(case)._replace(case=name), ())
    store.append_entries([change], [], actor="x", at=NOW)
    return store, LAW, case


def handed(*, only_public: bool = False, sign: bool = True, exhibits: tuple[Exhibit, ...] = (ATTACHED,)) -> Handed:
    store, law, _ = kept(CONTENT, exhibits=exhibits)
    signing = SIGNER.sign_statement if sign else None
    return hand_over(store, law, "C-1", Drawing(), now=NOW, only_public=only_public, sign=signing)


def unpacked(made: Handed, folder: Path) -> Path:
    (folder / "case.zip").write_bytes(made.content)
    subprocess.run(["unzip", "-q", "case.zip"], cwd=folder, check=True)
    return folder / "C-1"


@pytest.mark.parametrize("only_public", [False, True])
def test_it_unpacks_and_checks_without_licet(tmp_path: Path, only_public: bool) -> None:
    folder = unpacked(handed(only_public=only_public), tmp_path)
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True)
    files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert {line.rsplit(": ", 1)[0] for line in checked.stdout.splitlines()} == files - {"SHA256SUMS"}
    assert all(line.endswith(": OK") for line in checked.stdout.splitlines())
    readme = (folder / "README.txt").read_text()
    assert all(name in readme for name in files)
    private = {"case.json", "blind", "exhibits/1-1-q2-audit-report.pdf", "decisions/2.yaml"}
    assert private & files == (set() if only_public else private)


def test_names_of_exhibits_stay_in_the_folder(tmp_path: Path) -> None:
    names = [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\x.exe",
        "q.txt",
        "q.txt",
        "W" * 400 + ".pdf",
        "..",
        "a\nb",
        "=x()",
    ]
    folder = unpacked(handed(exhibits=tuple(replace(ATTACHED, name=each) for each in names)), tmp_path)
    files = {each.name for each in (folder / "exhibits").iterdir() if each.is_file()}
    assert len(files) == len(names)
    assert {each.partition("-")[0] for each in files} == {"1"}
    assert max(map(len, files)) <= 130 and any(each.endswith("W.pdf") for each in files)
    assert {each.name for each in tmp_path.iterdir()} == {"case.zip", "C-1"}


def test_the_digest_that_was_published_is_that_of_the_whole(tmp_path: Path) -> None:
    made = handed()
    folder = unpacked(made, tmp_path)
    found = subprocess.run(
        "cat blind case.json | sha256sum", shell=True, cwd=folder, check=True, capture_output=True, text=True
    )
    published = json.loads((folder / "public.json").read_bytes())["whole"]
    assert published == made.whole == f"sha256:{found.stdout.split()[0]}"
    assert found.stdout.split()[0] in (folder / "README.txt").read_text()


def test_the_public_folder_holds_nothing_that_is_withheld(tmp_path: Path) -> None:
    folder = unpacked(handed(only_public=True), tmp_path)
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_text().casefold()
            for secret in (*SECRETS, "jane", "audit", ATTACHED.digest, ATTACHED.digest[7:], "officer 0", "f. counsel"):
                assert secret not in content, (path, secret)
    assert "Orbital Labs may use Mythos 5." in (folder / "index.html").read_text()
    assert "withheld (security)" in (folder / "index.html").read_text()


def test_the_whole_folder_holds_everything(tmp_path: Path) -> None:
    folder = unpacked(handed(), tmp_path)
    page = (folder / "index.html").read_text()
    assert all(each in page for each in SECRETS[:3])
    assert "withheld (" not in page
    assert (folder / "exhibits" / "1-1-q2-audit-report.pdf").read_bytes() == CONTENT.content
    assert (folder / "decisions" / "2.yaml").read_text().startswith("licence: licence-1\n")
    said = {each["digest"]: each["says"] for each in json.loads((folder / "evidence.json").read_bytes())}
    assert said[ATTACHED.digest] == "`q2-audit-report.pdf`, attached to entry 1"
    assert "nothing here has it" in said.values()


@pytest.mark.parametrize("only_public", [False, True])
def test_others_verify_the_decision_and_its_subjects(tmp_path: Path, only_public: bool) -> None:
    folder = unpacked(handed(only_public=only_public), tmp_path)
    found = Envelope.from_dict(json.loads((folder / "decisions" / "2.dsse.json").read_bytes()))
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = SSlibKey(SIGNER.id, "ed25519", "ed25519", {"public": public.hex()})
    assert list(found.verify([key], 1)) == [SIGNER.id]
    subjects = {each["name"]: each["digest"]["sha256"] for each in json.loads(found.payload)["subject"]}
    assert subjects["C-1, entry 2"] == sha256((folder / "decisions" / "2.json").read_bytes()).hexdigest()
    assert f"sha256:{subjects['C-1']}" == json.loads((folder / "public.json").read_bytes())["whole"]
    assert ("licence licence-1" in subjects) is not only_public


def test_without_a_key_a_statement_is_not_signed_and_says_so(tmp_path: Path) -> None:
    folder = unpacked(handed(sign=False), tmp_path)
    assert json.loads((folder / "decisions" / "2.intoto.json").read_bytes())["predicate"]["case"] == "C-1"
    assert not (folder / "decisions" / "2.dsse.json").exists()
    assert "not signed" in (folder / "README.txt").read_text()


def test_the_same_case_is_the_same_bytes() -> None:
    assert handed().content == handed().content


def test_an_exhibit_that_is_gone_is_said() -> None:
    store, law, _ = kept()
    with pytest.raises(HandingRefused, match=r"`q2-audit-report.pdf` of entry 1 is not kept under its digest any more"):
        hand_over(store, law, "C-1", Drawing(), now=NOW, only_public=False, sign=None)


def test_evidence_is_said_to_be_what_it_is() -> None:
    _, _, case = kept()
    judgement = "sha256:" + "9" * 64
    content = canonical({"assessment": "a-1", "judgement": judgement})
    enacted = StoredDocument("assessment", "a-1", digest(content), content)
    made = case.decisions[0].decision
    named = tuple(
        Judged("c", Verdict.PASS, "so", (each,)) for each in (judgement, enacted.digest, "sha256:" + "8" * 64)
    )
    found = evidence_of(
        replace(made, judged=(*made.judged[:1], *named)), [enacted], [each.entry for each in case.entries]
    )
    says = [None if each is None else each.says for each in found.values()]
    assert says == [
        "`q2-audit-report.pdf`, attached to entry 1",
        "the judgement on which the assessment `a-1` rests, which was enacted",
        "the assessment `a-1`, which was enacted",
        None,
    ]
    assert public_digests([enacted]) == {judgement, enacted.digest}


def test_no_tag_of_the_page_is_escaped(tmp_path: Path) -> None:
    page = (unpacked(handed(), tmp_path) / "index.html").read_text()
    assert not any(f"&lt;{tag}" in page for tag in ("td", "tr", "th", "/", "span", "bdi"))
