"""What is asked: a threshold or an inquiry with its suites, read strictly from files, or from a judgement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from licet.core.errors import LicetError
from licet.core.evidence.inquiry import Inquiry
from licet.core.evidence.suite import Suite
from licet.core.evidence.threshold import Threshold
from licet.wire.canonical import canonical, digest
from licet.wire.documents import Reading, SourceFile, Written, read_files, read_stored
from licet.wire.judgement.kept import Asked, Kept


class JudgingRefused(LicetError):
    """What is asked, and what was given to judge it by, do not fit; the message says where, and what to do."""


@dataclass(frozen=True, slots=True)
class Question:
    """A threshold or an inquiry, its suites, and the documents of all of them in canonical form, it first.

    `arms` are those that count, all if none is named. `spent` is what was spent of the declared budget. `labels` is
    the digest of the labels by which the judge was validated.
    """

    about: Threshold | Inquiry
    suites: tuple[Suite, ...]
    documents: tuple[dict[str, Any], ...]
    model: str
    arms: tuple[str, ...] = ()
    spent: tuple[tuple[str, float], ...] = ()
    labels: str = ""

    @property
    def asked(self) -> Asked:
        """The same as it is kept."""
        return Asked(self.documents, self.arms, tuple(sorted(self.spent)), self.labels)


def threshold_asked(files: Sequence[SourceFile], name: str | None, model: str) -> Question:
    """The threshold in files, with the suites in them. Raises `DocumentsRejectedError`, `JudgingRefused`."""
    reading = read_files(files)
    found = chosen(reading.documents.thresholds, name, "threshold", files)
    return question(reading, found, "threshold", found.suites, model)


def inquiry_asked(files: Sequence[SourceFile], name: str | None, asks: str) -> Question:
    """The inquiry in files that asks for `finding` or `patch`. Raises `DocumentsRejectedError`, `JudgingRefused`."""
    reading = read_files(files)
    fitting = {each.name: each for each in reading.documents.inquiries.values() if each.asks.value == asks}
    others = sorted(set(reading.documents.inquiries) - set(fitting))
    if others and not fitting:
        other = reading.documents.inquiries[others[0]].asks.value
        raise JudgingRefused(f"the inquiry `{others[0]}` asks for a {other}: `licet judge {other}`")
    found = chosen(fitting, name, "inquiry", files)
    return question(reading, found, "inquiry", suites_of(found), found.model)


def question_again(kept: Kept) -> Question:
    """What was asked for a judgement. Raises `DocumentsRejectedError`, `JudgingRefused`."""
    asked = kept.asked
    about, suites = values_of(asked.documents)
    if len(about) != 1:
        raise JudgingRefused(
            f"the judgement holds {len(about)} thresholds or inquiries, not 1: it is not as it was made"
        )
    return Question(about[0], suites, asked.documents, kept.judgement.model, asked.arms, asked.spent, asked.labels)


def values_of(trees: Sequence[dict[str, Any]]) -> tuple[list[Threshold | Inquiry], tuple[Suite, ...]]:
    """What canonical documents say. What is judged is always read from these, so that it is the same again later."""
    documents = read_stored([stored(each) for each in trees], lambda _, __: None).documents
    return [*documents.thresholds.values(), *documents.inquiries.values()], tuple(documents.suites.values())


def stored(tree: dict[str, Any]) -> Written:
    """A document of a judgement, as a store has documents."""
    kind = next((each for each in ("threshold", "inquiry", "suite") if isinstance(tree.get(each), str)), None)
    if kind is None:
        raise JudgingRefused("the judgement holds a document that is no threshold, inquiry or suite")
    content = canonical(tree)
    return Written(kind, tree[kind], digest(content), content, {})


def chosen(
    found: Mapping[str, Threshold] | Mapping[str, Inquiry], name: str | None, kind: str, files: Sequence[SourceFile]
) -> Any:
    """The one that is asked for. Raises `JudgingRefused`."""
    where = ", ".join(f"`{each.name}`" for each in files)
    if name is not None:
        if name not in found:
            known = ", ".join(f"`{each}`" for each in sorted(found)) or "none"
            raise JudgingRefused(f"{where}: there is no {kind} `{name}`; there is {known}")
        return found[name]
    if len(found) != 1:
        known = f"there are {', '.join(f'`{each}`' for each in sorted(found))}" if found else "there is none"
        do = f"name one with `--{kind}`" if found else f"name a file with a document of the kind `{kind}`"
        raise JudgingRefused(f"{where}: one {kind} is judged at a time and {known}; {do}")
    return next(iter(found.values()))


def suites_of(inquiry: Inquiry) -> tuple[tuple[str, str], ...]:
    """Every suite that an inquiry names, each once."""
    return tuple(dict.fromkeys(each for _, suites in inquiry.plan for each in suites))


def question(
    reading: Reading, about: Threshold | Inquiry, kind: str, pinned: Iterable[tuple[str, str]], model: str
) -> Question:
    """What is asked, with the manifests that it pins and no others. Raises `JudgingRefused`."""
    suites = tuple(manifest(reading.documents.suites, about.name, *each) for each in dict.fromkeys(pinned))
    trees = {(each.kind, each.name): json.loads(each.canonical) for each in (*reading.written, *reading.read)}
    documents = (trees[kind, about.name], *(trees["suite", each.name] for each in suites))
    (canonical_about,), manifests = values_of(documents)
    return Question(canonical_about, manifests, documents, model)


def manifest(given: Mapping[str, Suite], about: str, name: str, pinned: str) -> Suite:
    """The manifest of this name and digest. Raises `JudgingRefused` where it is another, or none."""
    found = given.get(name)
    if found is None:
        known = f"given are {', '.join(f'`{each}`' for each in sorted(given))}" if given else "none is given"
        raise JudgingRefused(
            f"`{about}` is measured by the suite `{name}`, and {known}: name its manifest with `--suite`"
        )
    if found.digest != pinned:
        raise JudgingRefused(
            f"the manifest of the suite `{name}` has the digest `{found.digest}`, and `{about}` pins `{pinned}`:"
            " name the manifest that was pinned; other items are another suite"
        )
    return found


def with_arms(asked: Question, arms: Sequence[str], spent: Mapping[str, float], labels: str) -> Question:
    """The same, with what was named besides."""
    return replace(asked, arms=tuple(sorted(set(arms))), spent=tuple(sorted(spent.items())), labels=labels)
