"""A case as one self-contained page, for the folder in which it is handed over. What is withheld stands as its class.

It is drawn from plain JSON, the public version or the whole in the same shape (`licet.cases.redaction.public`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from licet.cases.redaction.redacting import is_withheld
from licet.pages import look
from licet.pages.blocks import Block, Card, Figure, Page, Pairs, Section, Table, columns
from licet.pages.number import plural, whole
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Names, Withheld, Word

Tree = Mapping[str, Any]

RUNNING: Final = {
    "running": Mark(Role.UNCHANGED, "running"),
    "tolled": Mark(Role.UNKNOWN, "tolled: time does not count"),
    "met": Mark(Role.PROVED, "met"),
    "missed": Mark(Role.REFUTED, "missed"),
    "stopped": Mark(Role.UNCHANGED, "stopped"),
}
VERDICTS: Final = {
    "pass": Role.PROVED,
    "fail": Role.REFUTED,
    "insufficient evidence": Role.UNKNOWN,
    "not applicable": Role.UNCHANGED,
}
ELEMENTS: Final = {
    "summary": "The decision",
    "basis": "Statutory and regulatory basis",
    "considerations": "Specific considerations",
    "reconsideration": "What change would allow reconsideration",
    "official": "Official",
    "appeal": "How to appeal",
}


def case_page(tree: Tree, files: Sequence[tuple[str, str]], meanings: Mapping[str, str]) -> str:
    """The page of a case. `files` are the other files of the folder with what they are; `meanings` those of fields."""
    state = tree["state"]
    lead = [f"It is {'closed' if state['final'] else 'open'}: {state['title'][:1].lower()}{state['title'][1:]}."]
    hidden = withheld_in(tree)
    if hidden:
        lead.append(
            f"This is the public version: {plural(hidden, 'value')} withheld, each with its class and the law"
            " that allows that. The digest is of the whole."
        )
    sections = (
        *_deadlines(tree),
        *_decisions(tree),
        *_obligations(tree),
        Section("entries", "What happened", tuple(_entry(each, meanings) for each in tree["entries"])),
        _about(tree, files),
    )
    running = (f"{tree['case']}: {tree['procedure']['title']}", f"as of {_to_second(tree['as_of'])}")
    title = f"{tree['case']}: {tree['procedure']['title']}"
    return look.render(Page("Case", title, tuple(lead), _figures(tree), sections, running=running))


def withheld_in(value: Any) -> int:
    """How many values are withheld."""
    if is_withheld(value):
        return 1
    if isinstance(value, Mapping):
        return sum(withheld_in(each) for each in value.values())
    return sum(withheld_in(each) for each in value) if isinstance(value, list | tuple) else 0


def said(value: Any) -> Word:
    """A value of the case as a word of a page."""
    if is_withheld(value):
        return Withheld(value["withheld"], value["why"])
    match value:
        case None | "":
            return "not known"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return Names(tuple(said(each) for each in value))
        case Mapping():
            return Names(tuple(_pair(key, each) for key, each in value.items()))
        case str() if value.startswith("sha256:"):
            return Code(value)
        case str():
            return _instant(value)
        case _:
            return str(value)


def _pair(key: str, value: Any) -> Word:
    return f"{key.replace('_', ' ')}: " + (f"withheld ({value['withheld']})" if is_withheld(value) else str(value))


def _to_second(text: str | None) -> str | None:
    return None if text is None else whole(datetime.fromisoformat(text)).isoformat()


def _instant(text: str) -> Word:
    try:
        return whole(datetime.fromisoformat(text)) if "T" in text and text[:1].isdigit() else text
    except ValueError:
        return text


def stacked(name: str, caption: str, titles: Sequence[str], rows: Sequence[tuple[Word, ...]]) -> Table:
    """A table that falls apart into blocks on a telephone: reasons and what is withheld are long."""
    return Table(name, caption, columns(*titles), tuple(rows), stacks=True)


def _figures(tree: Tree) -> tuple[Figure, ...]:
    running = [each["running"] for each in tree["deadlines"]]
    return (
        Figure(str(len(tree["entries"])), "entries"),
        Figure(str(sum(each in ("running", "tolled") for each in running)), "clocks that run"),
        Figure(str(running.count("missed")), "deadlines missed", Role.REFUTED if "missed" in running else None),
        Figure(str(len(tree["obligations"])), "conditions and undertakings"),
    )


def _deadlines(tree: Tree) -> Iterable[Section]:
    if tree["deadlines"]:
        rows = [
            (
                each["title"],
                said(each["due"]),
                RUNNING[each["running"]],
                each["owner"].replace("_", " "),
                said(each["because"]),
            )
            for each in tree["deadlines"]
        ]
        titles = ("Clock", "Due", "How it stands", "Whose", "By which limit")
        yield Section("deadlines", "Deadlines", (stacked("clocks", "Each start of each clock", titles, rows),))


def _decisions(tree: Tree) -> Iterable[Section]:
    cards = [_decision(each) for each in tree["entries"] if "decision" in each["fields"]]
    if cards:
        yield Section("decisions", "Decisions", tuple(cards))


def _decision(entry: Tree) -> Block:
    decision = entry["fields"]["decision"]
    name = f"decision-{entry['number']}"
    if is_withheld(decision):
        return Card(name, entry["title"], Mark(Role.UNKNOWN, "withheld"), (Pairs((("Decision", said(decision)),)),))
    elements = tuple((title, said(decision.get(key))) for key, title in ELEMENTS.items())
    blocks: list[Block] = [Pairs(elements)]
    judged = decision.get("judged")
    if isinstance(judged, list):
        rows = [
            (Code(each["criterion"]), _verdict(each), said(each.get("reasons")), said(each.get("evidence", [])))
            for each in judged
        ]
        titles = ("Criterion", "Verdict", "Reasons", "Evidence")
        blocks.append(stacked(f"{name}-judged", "Criterion by criterion", titles, rows))
    for key, title in (("terms", "What it permits"), ("ends", "What it ends")):
        if key in decision:
            blocks.append(_terms(decision[key], title))
    return Card(name, entry["title"], Mark(Role.UNCHANGED, f"entry {entry['number']}"), tuple(blocks))


def _verdict(judged: Tree) -> Word:
    return Mark(VERDICTS.get(judged["verdict"], Role.UNKNOWN), judged["verdict"])


def _terms(terms: Any, title: str) -> Block:
    if is_withheld(terms):
        return Pairs(((title, said(terms)),))
    return Pairs(tuple((f"{title}: {key.replace('_', ' ')}", said(value)) for key, value in terms.items()))


def _obligations(tree: Tree) -> Iterable[Section]:
    if tree["obligations"]:
        rows = [
            (said(each["id"]), said(each["text"]), said(each["owner"]), said(each["due"]), each["kept"])
            for each in tree["obligations"]
        ]
        titles = ("Name", "What", "Whose", "Due", "How it stands")
        yield Section("obligations", "Conditions and undertakings", (stacked("owed", "Each of them", titles, rows),))


def _entry(entry: Tree, meanings: Mapping[str, str]) -> Block:
    rows: list[tuple[str, Word]] = [("When", said(entry["happened"]))]
    if entry["at"] != entry["happened"]:
        rows.append(("Recorded", said(entry["at"])))
    rows.append(("In the role", entry["role"].replace("_", " ")))
    rows += [(title, said(entry[key])) for key, title in (("party", "Who"), ("late", "Why late")) if key in entry]
    who = [each for each in (entry["officer"], entry["second"]) if each is not None]
    if who:
        rows.append(("Officers", Names(tuple(f"officer {each}" if isinstance(each, int) else each for each in who))))
    fields = [(name, value) for name, value in entry["fields"].items() if name != "decision"]
    rows += [(meanings.get(name, name.replace("_", " ")), said(value)) for name, value in fields]
    if entry["exhibits"]:
        rows.append(("Attached", plural(entry["exhibits"], "document")))
    moved = " to ".join(dict.fromkeys((entry["before"], entry["after"]))).replace("_", " ")
    mark = Mark(Role.WARNING, "without effect") if entry.get("overtaken") else Mark(Role.UNCHANGED, moved)
    return Card(f"entry-{entry['number']}", f"{entry['number']}. {entry['title']}", mark, (Pairs(tuple(rows)),))


def _links(links: Sequence[Tree], how: str, what: str) -> Word:
    """Other cases and documents, each after how they belong to this one; what is withheld as its class."""
    return Names(tuple(_link(each[how], each[what]) for each in links)) if links else None


def _link(how: Any, what: Any) -> Word:
    return Names((said(how), said(what))) if is_withheld(how) or is_withheld(what) else f"{how} {what}"


def _about(tree: Tree, files: Sequence[tuple[str, str]]) -> Section:
    procedure = tree["procedure"]
    rows: tuple[tuple[str, Word], ...] = (
        ("Procedure", Code(procedure["name"])),
        ("Digest of the procedure", Code(procedure["digest"])),
        ("Digest of the whole case", Code(tree["whole"])),
        ("Linked to", _links(tree["links"], "relation", "target")),
        ("Linked from", _links(tree.get("linked_from", ()), "said", "case")),
    )
    listed = stacked("files", "In this folder", ("File", "What it is"), [(Code(name), what) for name, what in files])
    return Section("about", "About this folder", (Pairs(rows), listed))
