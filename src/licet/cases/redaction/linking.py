"""What a case is linked to, as the public version says it."""

from __future__ import annotations

import re
from typing import Any, Final

from licet.cases.redaction.redacting import Redacting, Tree
from licet.core.cases.case import Link
from licet.core.cases.entry import BuiltIn
from licet.core.cases.procedure import Secrecy

DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)


def target_of(work: Redacting, target: str) -> Any:
    """What a case is linked to, by its name; a digest only where the document is public."""
    digests = () if work.open_ else DIGEST.findall(target)
    hidden = any(f"sha256:{each.lower()}" not in work.known for each in digests)
    return work.withheld(Secrecy.COMMERCIAL) if hidden else target


def link_tree(work: Redacting, link: Link) -> Tree:
    """What a case is linked to, and how; not what an entry that says so has withheld."""
    relation: Any = link.relation
    target = target_of(work, link.target)
    for entry in (placed.entry for placed in work.case.entries):
        for name, value in entry.fields.items():
            says = value == link.target or (isinstance(value, list | tuple) and link.target in value)
            if says and work.classes.of(entry, name) is not Secrecy.PUBLIC:
                target = work.withheld(work.classes.of(entry, name), work.classes.by(entry, name))
        if entry.event == BuiltIn.LINK and (entry.fields["relation"], entry.fields["target"]) == link:
            secrecy = work.classes.of(entry, "relation")
            if secrecy is not Secrecy.PUBLIC:
                relation = work.withheld(secrecy, work.classes.by(entry, "relation"))
    return {"relation": relation, "target": target}
