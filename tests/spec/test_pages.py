"""`spec/`: what the code knows is on its page, word for word, and every YAML block reads without a problem."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from licet.core.form import Field, Form
from licet.core.schema import ENACTED, FORMS
from licet.core.shape import RESERVED
from licet.wire.documents import SourceFile, read_files, shipped

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec"
INSTRUMENTS = ("release", "order", "licence", "mandate", "lift")
EVIDENCE = ("assessment", "finding", "patch")
PAGES = (
    {
        "fact": "facts",
        "definition": "definitions",
        "model": "models",
        "subject": "subjects",
        "property": "properties",
        "trust": "trust",
        "safeguard": "safeguards",
        "threshold": "thresholds",
        "suite": "suites",
        "inquiry": "inquiries",
        "procedure": "procedures",
        "form": "forms",
        "criteria": "criteria",
        "calendar": "clocks",
    }
    | dict.fromkeys(INSTRUMENTS, "instruments")
    | dict.fromkeys(EVIDENCE, "evidence")
)
PROPERTIES = (
    "default_refuse",
    "forbid_trumps_permit",
    "unknown_never_widens",
    "licence_relieves_only_what_it_names",
    "lift_restores_exactly_what_was_there",
    "substitute_is_itself_allowed",
    "decision_names_its_reasons",
    "same_request_same_rulebook_same_decision",
    "order_of_documents_does_not_matter",
    "requirement_never_widens",
    "lapsed_release_permits_nobody",
)


def page(name: str) -> str:
    return (SPEC / f"{name}.md").read_text()


def section(kind: str) -> str:
    """What a page says of one kind: of instruments, its own section."""
    text = page(PAGES[kind])
    sections = kind in INSTRUMENTS + EVIDENCE
    return text.split(f"\n## {kind.title()}\n")[1].split("\n## ")[0] if sections else text


def row(field: Field) -> str:
    """How a page's table has to say what a field is."""
    if field.required:
        need = "required"
    elif field.default is None:
        need = "optional"
    else:
        default = (field.default,) if isinstance(field.default, str) else field.default
        need = "default " + ", ".join(f"`{each}`" for each in default)
    return f"| `{field.name}` | {need} | {field.shape.value} | {field.meaning} |"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_field_is_on_its_page_as_the_code_has_it(form: Form) -> None:
    text = section(form.kind)
    assert form.meaning in page(PAGES[form.kind]).replace("\n", " ")
    for field in form.fields:
        assert row(field) in text, f"spec/{PAGES[form.kind]}.md has no row {row(field)}"
    documented = set(re.findall(r"^\| `(\w+)` \| (?:required|optional|default `.*?`) \| (?!$)", text, re.MULTILINE))
    if PAGES[form.kind] not in ("models", "subjects"):
        assert documented <= {form.kind, *(field.name for field in form.fields)}


def test_every_fact_and_definition_that_comes_with_licet_is_on_its_page() -> None:
    facts, definitions = page("facts"), page("definitions")
    for draft in shipped():
        if draft.kind == "fact":
            about = " (of the request)" if draft.tree["about"] == "request" else ""
            tree = draft.tree
            assert f"| `{draft.name}` | {tree['type']}{about} | {tree['meaning']} | {tree['source']} |" in facts
        else:
            described = " ".join(definitions.split(f"### `{draft.name}`\n")[1].split("\n###")[0].split())
            assert draft.tree["title"] in described
            assert draft.tree["source"] in described
            assert draft.tree["holds_if"] in described
            for local, name in draft.tree.get("uses", {}).items():
                assert f"`{local}` for `{name}`" in described


def test_the_yaml_of_the_pages_reads_without_a_problem() -> None:
    """All of it together, as one rulebook."""
    annex = ROOT / "scenarios" / "june-2026" / "annex-a.csv"
    files = []
    for path in sorted(SPEC.glob("*.md")):
        if path.stem in {*PAGES.values(), "documents", "conditions", "decision"}:
            blocks = re.findall(r"^```yaml\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE)
            text = "---\n".join(blocks).encode()
            files.append(SourceFile(path.name, text, {annex.name: annex.read_bytes()}.get))
    reading = read_files(files)
    assert {each.kind for each in reading.written} == set(ENACTED)
    assert reading.documents.subjects
    assert reading.rulebook(1).boundaries


def test_every_reserved_word_is_documented() -> None:
    text = page("documents").replace("\n", " ")
    words = re.search("Reserved: `([^`]*)`", text)
    assert words is not None
    assert words[1].split() == RESERVED.pattern.split("|")


def test_every_property_is_documented_and_tested_under_its_name() -> None:
    tests = (ROOT / "tests" / "core" / "test_properties.py").read_text()
    for name in PROPERTIES:
        assert f"| `{name}` |" in page("decision")
        assert f"def test_{name}(" in tests


def test_every_page_is_in_the_index_and_every_link_leads_somewhere() -> None:
    index = page("README")
    for path in SPEC.glob("*.md"):
        if path.stem != "README":
            assert f"[{path.stem}]({path.name})" in index
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (SPEC / target).exists(), f"{path.name} links to {target}"


def test_every_file_of_vectors_is_described() -> None:
    text = (ROOT / "vectors" / "README.md").read_text()
    for folder in ("decide", "delegation", "names", "documents", "evidence", "facts", "procedures"):
        for path in (ROOT / "vectors" / folder).iterdir():
            assert f"`{path.name}`" in text
