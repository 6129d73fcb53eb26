"""Cases from the command line through the state directory and through the office: the same replies and exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.office.test_admin_cli import Place, place  # noqa: F401 - a fixture

APPLICATION = (
    "organisation: acme\ncontact: jo@acme.example\nmodels: [small]\norders: [us-doc-2026-06-12]\npurpose: Defence\n"
)


def test_a_case_is_opened_acted_on_shown_and_counted_down(place: Place, tmp_path: Path) -> None:  # noqa: F811
    fields, exhibit = tmp_path / "application.yaml", tmp_path / "plan.txt"
    fields.write_text(APPLICATION)
    exhibit.write_text("a plan")
    said = place.by(
        "ann",
        "case",
        "open",
        "licence_application",
        "--party",
        "applicant=acme",
        "--fields",
        fields,
        "--exhibit",
        exhibit,
    )
    assert (said.code, said.tree["result"]) == (0, {"cases": ["C-1"]})
    assert place.by("cid", "case", "act", "C-1", "refer", "--field", "agencies=State").code == 1, (
        "a viewer works no cases"
    )
    assert place.by("ann", "case", "act", "C-1", "refer", "--field", "agencies=State", "--on", 1).code == 0
    late = place.by("ann", "case", "note", "C-1", "a note", "--on", 1)
    assert (late.code, late.tree["error"]["code"]) == (4, "conflict")
    shown = place.by("ann", "case", "show", "C-1").tree
    assert (shown["state"], shown["number"], shown["entries"][0]["exhibits"][0]["name"]) == ("referred", 2, "plan.txt")
    assert [each["case"] for each in place.by("ann", "case", "list", "--open").tree["cases"]] == ["C-1"]
    due = place.by("ann", "clocks", "--within", "52w").tree["due"]
    assert {each["clock"] for each in due} == {"completeness", "recommendations", "whole_application"}
    assert place.by("ann", "case", "appeal", "C-1").tree["appealable"] == []
    assert place.by("ann", "procedures", "show", "appeal").tree["topic"] == "appeal"
    error = place.by("ann", "case", "show", "C-9").tree["error"]
    assert "did you mean `C-1`?" in error["message"]
