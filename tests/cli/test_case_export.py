"""`licet case export` on a real store: a folder that checks, its public version, and every wrong thing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.cli.test_cases import Officers, complete, desk, granted, opened  # noqa: F401 - fixtures


def unpacked(path: str) -> Path:
    folder = Path(path).with_suffix("")
    subprocess.run(["unzip", "-q", path, "-d", str(folder)], check=True)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder / "C-1", check=True)
    return folder / "C-1"


def test_a_case_is_handed_over_whole_and_as_the_public_sees_it(opened: Officers) -> None:  # noqa: F811
    said = opened("ann", "case", "export", "C-1", "whole.zip", "--json")
    assert said.code == 0, said
    assert {"case.json", "blind", "index.html"} <= {each["path"] for each in said.tree["files"]}
    assert said.tree["signed_by"] is not None
    folder = unpacked("whole.zip")
    assert "jo@acme.example" in (folder / "case.json").read_text()
    shown = opened("ann", "case", "export", "C-1", "public.zip", "--public", "--json")
    assert shown.code == 0, shown
    assert shown.tree["whole"] == said.tree["whole"]
    public = unpacked("public.zip")
    assert not (public / "case.json").exists()
    for path in public.rglob("*"):
        assert not path.is_file() or "jo@acme" not in path.read_text()
    assert "acme" in (public / "public.json").read_text()


def test_what_is_there_is_not_written_over_and_what_is_not_is_said(opened: Officers) -> None:  # noqa: F811
    Path("there.zip").write_text("mine")
    said = opened("ann", "case", "export", "C-1", "there.zip")
    assert said.code == 2
    assert "`there.zip` is there already; name another file" in said.err
    assert Path("there.zip").read_text() == "mine"
    said = opened("ann", "case", "export", "C-9", "new.zip")
    assert said.code == 2
    assert "there is no case `C-9`" in said.err
    assert not Path("new.zip").exists()


def test_a_decision_goes_out_signed_with_what_it_wrote(opened: Officers) -> None:  # noqa: F811
    granted(opened)
    said = opened("ann", "case", "export", "C-1", "whole.zip", "--json")
    assert (said.code, said.tree["decisions"]) == (0, 1)
    folder = unpacked("whole.zip")
    envelope = json.loads((folder / "decisions" / "2.dsse.json").read_bytes())
    assert [each["keyid"] for each in envelope["signatures"]] == [said.tree["signed_by"]]
    assert (folder / "decisions" / "2.yaml").read_text().startswith("licence: ")
    assert opened("ann", "case", "export", "C-1", "public.zip", "--public").code == 0
    shown = json.loads((unpacked("public.zip") / "decisions" / "2.json").read_bytes())
    assert shown["summary"] == "Access for acme"
    assert shown["judged"][0]["evidence"][0]["withheld"] == "commercial"


def test_a_draft_that_lacks_an_element_is_not_signed(opened: Officers) -> None:  # noqa: F811
    assert opened("ann", "case", "decide", "C-1", "grant", "grant.yaml", "--draft").code == 0
    complete("grant.yaml", appeal="none stated")
    said = opened("ann", "case", "decide", "C-1", "grant", "grant.yaml")
    assert said.code != 0
    assert "it is not said how to appeal: add `appeal`" in said.err
