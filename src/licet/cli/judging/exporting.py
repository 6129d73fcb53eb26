"""What `licet judge` writes for other people's tools: security advisories and assessment results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from licet.cli.judging.given import FILE, judgement_of
from licet.services.judging.advisory import Release, advisory_of
from licet.services.judging.asking import JudgingRefused
from licet.services.judging.assessment_results import results_of
from licet.wire import csaf as csaf_form
from licet.wire import oscal as oscal_form
from licet.wire.judgement.kept import Kept

Function = TypeVar("Function", bound=Callable[..., Any])

File = tuple[str, Path | None, Callable[[], bytes | str], str]
"""A file that may be asked for: which member of the answer names it, where it goes, what is in it, what is said."""

PUBLISHER = click.option("--publisher", metavar="NAME", help="With --csaf or --oscal: who publishes it.")
CSAF = (
    click.option("--csaf", type=FILE, help="Also write a CSAF 2.0 advisory."),
    PUBLISHER,
    click.option("--namespace", metavar="URI", help="With --csaf: the address that the publisher is known under."),
    click.option("--publisher-is", type=click.Choice([each.value for each in csaf_form.PublisherIs]),
                 help="With --csaf: what the publisher is. [default: other]"),
    click.option("--tlp", type=click.Choice([each.value for each in csaf_form.Tlp]),
                 help="With --csaf: with whom it may be shared. [default: AMBER]"),
    click.option("--stage", type=click.Choice([each.value for each in csaf_form.Stage]),
                 help="With --csaf: how far it is. [default: draft]"),
    click.option("--advisory", metavar="ID", help="With --csaf: its identifier. [default: what was judged]"),
    click.option("--model-version", metavar="TEXT",
                 help="With --csaf: what the model's version is called. [default: the day]"),
)  # fmt: skip


EXPORTS = frozenset(
    ("csaf", "oscal", "publisher", "patched", "namespace", "publisher_is", "tlp", "stage", "advisory", "model_version")
)
"""The options that are of these formats, by the names of their parameters."""


class Exporting(NamedTuple):
    """What is to be exported: the files, and how an advisory is released, with the patches that it tells of."""

    csaf: Path | None = None
    oscal: Path | None = None
    party: str = ""
    release: Release | None = None
    patches: tuple[Kept, ...] = ()


def advisory_options(function: Function) -> Function:
    """The options of a security advisory."""
    for option in reversed(CSAF):
        function = option(function)
    return function


def results_options(function: Function) -> Function:
    """The options of assessment results."""
    oscal = click.option("--oscal", type=FILE, help="Also write OSCAL 1.1 assessment results.")
    return oscal(PUBLISHER(function))


def exporting(
    *,
    csaf: Path | None = None,
    oscal: Path | None = None,
    publisher: str | None = None,
    patched: Sequence[Path] = (),
    name: str | None = None,
    **released: str | None,
) -> Exporting:
    """What the options ask for. `name` is that of the document, if one is made.

    Raises `JudgingRefused` where an option is missing, or is of a file that nobody asked for.
    """
    given = [option for option, value in released.items() if value is not None]
    if csaf is None and (given or patched):
        option = given[0].replace("_", "-") if given else "patched"
        raise JudgingRefused(f"`--{option}` is of an advisory: say where it goes with `--csaf FILE.json`")
    if csaf is None and oscal is None:
        if publisher is not None:
            raise JudgingRefused("`--publisher` is of an advisory or of assessment results: say where they go")
        return Exporting()
    release = (
        None if csaf is None else _release(publisher, **{**released, "advisory": released.get("advisory") or name})
    )
    return Exporting(csaf, oscal, publisher or "", release, tuple(map(judgement_of, patched)))


def _release(
    publisher: str | None,
    *,
    namespace: str | None = None,
    publisher_is: str | None = None,
    tlp: str | None = None,
    stage: str | None = None,
    advisory: str | None = None,
    model_version: str | None = None,
) -> Release:
    if publisher is None or namespace is None:
        raise JudgingRefused(
            "an advisory is published by somebody who is known somewhere: add `--publisher NAME` and `--namespace URI`"
        )
    category = csaf_form.PublisherIs(publisher_is or csaf_form.PublisherIs.OTHER)
    return Release(
        csaf_form.Publisher(publisher, namespace, category),
        csaf_form.Tlp(tlp or csaf_form.Tlp.AMBER),
        csaf_form.Stage(stage or csaf_form.Stage.DRAFT),
        model_version or "",
        advisory or "",
    )


def exported(kept: Kept, asked: Exporting) -> list[File]:
    """The files of other formats. Raises `JudgingRefused`, before anything is written."""
    files: list[File] = []
    if asked.csaf is not None and asked.release is not None:
        advisory = advisory_of(kept, asked.release, asked.patches)
        files.append(("csaf", asked.csaf, partial(csaf_form.written, advisory), "the advisory is in"))
    if asked.oscal is not None:
        results = results_of(kept, asked.party)
        files.append(("oscal", asked.oscal, partial(oscal_form.written, results), "the assessment results are in"))
    return files
