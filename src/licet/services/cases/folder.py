"""A case as one folder that reads without Licet: a deterministic ZIP, with what is needed to check it by `sha256sum`.

The same case at the same instant gives the same bytes. `spec/decisions.md` says what is in it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from licet.cases.redaction.public import everything
from licet.cases.redaction.redacting import is_withheld
from licet.core.cases.calendar import Table
from licet.core.cases.case import Case
from licet.core.cases.criteria import Criteria, Judged, Verdict
from licet.core.cases.procedure import Procedure
from licet.services.cases.deciding import decision_statement, entry_of, instruments
from licet.services.cases.evidence import Evidence
from licet.services.cases.folder_words import README, WHAT, WHOLE
from licet.services.cases.pointing import Pointing
from licet.services.cases.ports import StoredCase
from licet.wire.canonical import canonical, digest
from licet.wire.document_text import text_of
from licet.wire.entries import case_tree, digest_of, spelled
from licet.wire.oscal_criteria import Found, catalogue, results, written
from licet.wire.statement import Signed, envelope

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the first that a ZIP can hold, so that none depends on a clock."""

UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME: Final = 120
"""Characters of the name of a file: no file system takes more than 255 bytes, with the folders before it."""

Tree = dict[str, Any]
Files = dict[str, bytes]


class Drawn(Protocol):
    """How a case and its procedure are drawn."""

    def page(self, tree: Mapping[str, Any], files: list[tuple[str, str]], meanings: Mapping[str, str]) -> str:
        """The case as one self-contained page. `files` are the others of the folder, with what they are."""

    def diagram(self, procedure: Procedure) -> str:
        """The procedure's states as SVG."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case that is to be handed over, in what it is drawn from.

    `case` is derived from `stored`; `public` is its public version, and the only one that goes out with `only_public`.
    `procedure` is the document of the procedure in its canonical form; `exhibit` and `list_` give the bytes of exhibits
    and of lists by their digests; `evidence` is what each digest in its decisions is. `linked_from` are the cases that
    are linked to it, with `only_public` those whose public versions say so. `sign` signs a statement; None: nothing is
    signed.
    """

    case: Case
    stored: StoredCase
    public: Tree
    only_public: bool
    procedure: bytes
    catalogues: tuple[Criteria, ...]
    table: Table
    exhibit: Callable[[str], bytes | None]
    list_: Callable[[str], bytes | None]
    evidence: Mapping[str, Evidence | None]
    linked_from: tuple[Pointing, ...] = ()
    sign: Callable[[bytes], Signed] | None = None


def folder(asked: Asked, drawn: Drawn) -> Files:
    """The files of the folder by their paths, `SHA256SUMS` last. Raises `ValueError` if an exhibit is not kept."""
    tree = asked.public if asked.only_public else everything(asked.case, whole=asked.public["whole"])
    files: Files = {"public.json": canonical(asked.public)}
    if not asked.only_public:
        files |= _whole(asked)
        files.update(_exhibits(asked))
    files.update(_decisions(asked, tree))
    files["evidence.json"] = canonical(_evidence(asked))
    links = {"links": tree["links"], "linked_from": _linked_from(asked)}
    files["links.json"] = canonical(links)
    files["procedure.json"] = asked.procedure
    files["calendar.json"] = canonical(calendar_tree(asked.table))
    files["diagram.svg"] = drawn.diagram(asked.case.procedure).encode()
    for each in asked.catalogues:
        files[f"criteria/{_safe(each.name)}.oscal.json"] = written(catalogue(each))
    listed = [(name, _what(name)) for name in sorted([*files, "README.txt", "SHA256SUMS"])]
    files["index.html"] = drawn.page({**tree, **links}, listed, _meanings(asked.case)).encode()
    files["README.txt"] = _readme(asked, [*listed, ("index.html", _what("index.html"))])
    files["SHA256SUMS"] = sums(files)
    return files


def packed(name: str, files: Mapping[str, bytes]) -> bytes:
    """The folder as a ZIP, everything in a folder of this name. Stored, not compressed: the same bytes everywhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(f"{name}/{path}", EARLIEST)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, files[path])
    return out.getvalue()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The digests of files as `sha256sum` writes and checks them."""
    return "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


def calendar_tree(table: Table) -> Tree:
    """The days by which the deadlines were computed."""
    return {
        "calendar": table.calendar,
        "years": list(table.years),
        "weekend": sorted(table.weekend),
        "holidays": {day.isoformat(): name for day, name in sorted(table.holidays.items())},
        "digest": table.digest,
    }


def _whole(asked: Asked) -> Files:
    stored = asked.stored
    tree = case_tree(stored.id, stored.procedure, stored.entries)
    if digest_of(tree, stored.blind) != asked.public["whole"]:
        raise ValueError("the public version is of another state of the case")
    return {"case.json": spelled(tree), "blind": stored.blind}


def _exhibits(asked: Asked) -> Iterator[tuple[str, bytes]]:
    for entry in asked.stored.entries:
        for position, exhibit in enumerate(entry.exhibits, 1):
            content = asked.exhibit(exhibit.digest)
            if content is None or digest(content) != exhibit.digest:
                raise ValueError(f"`{exhibit.name}` of entry {entry.number} is not kept under its digest any more")
            yield f"exhibits/{entry.number}-{position}-{_safe(exhibit.name)}", content


def _decisions(asked: Asked, tree: Tree) -> Iterator[tuple[str, bytes]]:
    shown = {each["number"]: each["fields"].get("decision") for each in tree["entries"]}
    for made in asked.case.decisions:
        decision, path = shown[made.number], f"decisions/{made.number}"
        if decision is None or is_withheld(decision):
            continue
        wrote = () if asked.only_public else instruments(asked.case, made, asked.list_)
        payload = decision_statement(asked.case, made.number, decision, whole=asked.public["whole"], written=wrote)
        yield f"{path}.json", canonical(decision)
        if asked.sign is None:
            yield f"{path}.intoto.json", payload
        else:
            yield f"{path}.dsse.json", envelope(payload, [asked.sign(payload)])
        yield from _verdicts(asked, made.number, decision, path)
        if wrote:
            yield f"{path}.yaml", text_of([each.tree for each in wrote]).encode()


def _evidence(asked: Asked) -> list[Tree]:
    """What the digests in its decisions are; in the public version those that are public anyway."""
    return [
        {"digest": digest}
        | (
            {"says": "nothing here has it"}
            if each is None
            else {"kind": each.kind, "name": each.name, "says": each.says}
        )
        for digest, each in sorted(asked.evidence.items())
        if not asked.only_public or (each is not None and each.public)
    ]


def _linked_from(asked: Asked) -> list[Tree]:
    return [
        {"said": each.said, "relation": each.relation, "target": each.target, "case": each.row.case}
        for each in asked.linked_from
    ]


def _verdicts(asked: Asked, number: int, decision: Tree, path: str) -> Iterator[tuple[str, bytes]]:
    """What is shown of the verdicts, as OSCAL; nothing where they are withheld."""
    raw = decision.get("judged")
    if not isinstance(raw, list) or not raw:
        return
    judged = tuple(
        Judged(
            each["criterion"],
            Verdict(each["verdict"]),
            _text(each.get("reasons", "")),
            tuple(one for one in each.get("evidence", ()) if isinstance(one, str)),
        )
        for each in raw
    )
    official = _text(decision.get("official", ""), "")
    at = entry_of(asked.case, number).happened
    found = Found(asked.case.id, number, at, official, digest(canonical(decision)), judged)
    yield f"{path}.oscal.json", written(results(found, asked.catalogues))


def _text(value: Any, otherwise: str = "withheld") -> str:
    return value if isinstance(value, str) else otherwise


def _readme(asked: Asked, files: Iterable[tuple[str, str]]) -> bytes:
    case, named = asked.case, sorted(files)
    width = max(len(name) for name, _ in named)
    words = README.format(
        case=case.id,
        title=case.procedure.title,
        version="the public version" if asked.only_public else "the whole",
        state=case.state.title,
        as_of=(case.as_of or case.updated).isoformat(timespec="seconds"),
        files="\n".join(f"  {name:<{width}}  {what}" for name, what in named),
        whole=asked.public["whole"].removeprefix("sha256:"),
        check="" if asked.only_public else WHOLE.format(whole=asked.public["whole"].removeprefix("sha256:")),
    )
    return words.encode()


def _what(path: str) -> str:
    """What a file of the folder is, by its name."""
    return next(what for pattern, what in WHAT if re.fullmatch(pattern, path))


def _meanings(case: Case) -> dict[str, str]:
    found = {name: rule.meaning for name, rule in case.procedure.fields.items()}
    for event in case.procedure.events.values():
        found |= {name: need.field.meaning for name, need in event.needs.items()}
    return {name: meaning[:1].upper() + meaning[1:] for name, meaning in found.items() if meaning}


def _safe(name: str) -> str:
    """A name that is a file's name everywhere, and no way out of the folder. What is too long keeps its ending."""
    safe = UNSAFE.sub("_", name).strip("._") or "file"
    if len(safe) <= LONGEST_NAME:
        return safe
    stem, _, ending = safe.rpartition(".")
    return f"{stem[: LONGEST_NAME - 11]}.{ending[:10]}" if stem else safe[:LONGEST_NAME]
