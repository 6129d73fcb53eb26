"""A public text that repeats what is withheld is withheld with it."""

from __future__ import annotations

from typing import Any, Final

from licet.cases.redaction.redacting import Redacting, Tree, is_withheld
from licet.cases.secrets import strings
from licet.cases.withholding import DECISION
from licet.core.cases.procedure import Secrecy

SIX: Final = frozenset(("summary", "basis", "considerations", "reconsideration", "official", "appeal"))
"""The elements of a decision. What officers said to one another before may stand in them: its authors answer for their
words, whose words they were before.
"""

VERDICT: Final = frozenset(("criterion", "verdict"))
"""Of what was found of a criterion, the words of the law."""


def without_echoes(work: Redacting, said: Tree) -> Tree:
    """The same, but that a text is withheld that repeats something withheld."""
    found = work.secrets.found_in([*work.texts, *strings([said["obligations"], said["links"]])])
    if not found:
        return said
    written = [(each["fields"], each.get("party")) for each in said["entries"]]
    exempt = {*work.organisations, *work.open_texts}

    def clean(value: Any, but: Secrecy | None = None) -> Any:
        match value:
            case str():
                secrecy = None if value in exempt else found.of(value, but=but)
                return value if secrecy is None else work.withheld(secrecy)
            case dict() if not is_withheld(value):
                return {key: decision(each) if key == DECISION else clean(each, but) for key, each in value.items()}
            case list() | tuple():
                return [clean(each, but) for each in value]
            case _:
                return value

    def decision(value: Any) -> Any:
        if not isinstance(value, dict) or is_withheld(value):
            return clean(value)
        cleaned = {key: clean(each, Secrecy.DELIBERATION if key in SIX else None) for key, each in value.items()}
        return cleaned | _judged_still(value, cleaned)

    for entry, (fields, party) in zip(said["entries"], clean([list(each) for each in written]), strict=True):
        entry["fields"] = fields
        if "party" in entry:
            entry["party"] = party
    rest = ("obligations", "links")
    return {"entries": said["entries"]} | {key: [_cleaned(each, clean) for each in said[key]] for key in rest}


def _judged_still(tree: Tree, cleaned: Tree) -> Tree:
    """Which criterion each verdict is about, and what it is, whatever else repeats these words of the law."""
    if not isinstance(tree.get("judged"), list):
        return {}
    both = zip(tree["judged"], cleaned["judged"], strict=True)
    return {"judged": [after | {key: before[key] for key in VERDICT & before.keys()} for before, after in both]}


def _cleaned(tree: Tree, clean: Any) -> Tree:
    """What people wrote in it, cleaned; the words of a procedure stay."""
    return tree | {key: clean(tree[key]) for key in ("owner", "text", "target") if key in tree}
