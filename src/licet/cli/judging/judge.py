"""`licet judge`: what evidence says of a threshold, of a reported way around safeguards, and of a patch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from licet.cli.command import Session, command
from licet.cli.files import source_files
from licet.cli.judging import verify  # noqa: F401 - it adds its command to the same group
from licet.cli.judging.exporting import EXPORTS, Exporting, File, advisory_options, exported, exporting, results_options
from licet.cli.judging.given import (
    EXITS,
    FILE,
    LOGS,
    SEED,
    Labels,
    draft_options,
    judgement_of,
    labels_of,
    spent_of,
    trials_of,
    write,
)
from licet.cli.judging.judged_blocks import blocks_of
from licet.cli.kinds import INSTANT_OR_NOW
from licet.cli.root import judge
from licet.cli.terminal.blocks import Block, Line, Reply, Tone
from licet.cli.terminal.trees import Tree
from licet.services.judging.asking import Question, inquiry_asked, threshold_asked, with_arms
from licet.services.judging.enactable import document_of
from licet.services.judging.keeping import with_earlier
from licet.services.judging.words import deciding, headline, standing_of, verdict_of
from licet.wire.judgement.kept import Kept, digest_of, tree_of, written

Function = TypeVar("Function", bound=Callable[..., Any])
When = datetime | Literal["now"] | None


def options(function: Function) -> Function:
    """The options that all three have."""
    shared = (
        click.option("--suite", "suites", multiple=True, type=click.Path(path_type=Path, allow_dash=True),
                     help="The manifests of the suites, in a file or a folder; several add up."),
        click.option("--labels", type=FILE, help="Labels of people, by which whoever scored is validated."),
        click.option("--spent", multiple=True, metavar="WHAT=AMOUNT",
                     help="What was spent of the declared budget, where trials do not tell: `hours=41.5`."),
        click.option("--at", type=INSTANT_OR_NOW, help="As of when it is judged. [default: now]"),
        click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=SEED, show_default=True,
                     help="What random numbers are drawn from; it is written into the judgement."),
        click.option("--page", type=FILE, help="Also write a page that can be handed on."),
        click.option("--save", type=FILE, help="Also write the judgement, for `licet judge verify`."),
        click.option("--document", type=FILE, help="Also write the document that is enacted, for `licet check`."),
        click.option("--name", help="With --document: the name of the document."),
        click.option("--issuer", metavar="TEXT", help="With --document: whose judgement it is."),
        click.option("--supersedes", multiple=True, metavar="NAME",
                     help="With --document: an earlier one that it takes the place of; several add up."),
        click.option("--from", "from_", type=INSTANT_OR_NOW,
                     help="With --document: from when it is in force. [default: as of when it is judged]"),
    )  # fmt: skip
    for option in reversed(shared):
        function = option(function)
    return function


@command(
    judge,
    "threshold",
    examples=(
        "licet judge threshold framework.yaml elicited.eval --suite suite.yaml --model fable-5 --labels labels.csv",
        "licet judge threshold framework.yaml logs/ --suite suites/ --model fable-5 --arm elicited --spent hours=41.5",
        "licet judge threshold framework.yaml logs/ --suite suites/ -m fable-5 --oscal o.json --publisher 'A. Lab'",
        "licet judge threshold framework.yaml logs/ --suite suites/ --model fable-5 --page page.html --save j.json",
    ),
)
@click.argument("framework", type=click.Path(path_type=Path, allow_dash=True))
@LOGS
@click.option("--model", "-m", required=True, metavar="NAME", help="The model that it is about.")
@click.option("--threshold", "named", metavar="NAME", help="Which threshold, where FRAMEWORK has several.")
@click.option(
    "--arm", "arms", multiple=True, metavar="NAME", help="Only trials in this arm; several add up. None: all."
)
@results_options
@options
def threshold(
    session: Session, /, framework: Path, model: str, named: str | None, arms: tuple[str, ...], **given: Any
) -> Reply:
    """Is a threshold of a safety framework reached?

    FRAMEWORK holds the threshold, LOG the trials: logs of Inspect, files of `licet trials read`, or folders of them.
    The exit code is 0 if it is not reached, 1 if it is, 7 if it cannot be ruled out, 8 if there is not enough evidence.
    """
    asked = threshold_asked(source_files((framework, *given["suites"])), named, model)
    return judged(session, asked, arms, (), (), **given)


@command(
    judge,
    "finding",
    examples=(
        "licet judge finding inquiry.yaml technique.eval baselines.jsonl --suite suite.yaml --labels labels.csv",
        "licet judge finding inquiry.yaml logs/ --suite suite.yaml --earlier june.json --page page.html",
        "licet judge finding i.yaml l/ --suite s.yaml --csaf a.json --publisher Lab --namespace https://lab.example",
        "licet judge finding inquiry.yaml logs/ --suite suite.yaml --document f.yaml --name f-1 --issuer 'A. Lab'",
        "licet judge finding i.yaml l/ --suite s.yaml --document f.yaml --name f-2 --issuer Lab --supersedes f-1",
    ),
)
@click.argument("inquiry", type=click.Path(path_type=Path, allow_dash=True))
@LOGS
@click.option("--inquiry", "named", metavar="NAME", help="Which inquiry, where the file has several.")
@click.option("--earlier", multiple=True, type=FILE, help="An earlier judgement of the same finding; several add up.")
@click.option(
    "--patched", multiple=True, type=FILE, help="With --csaf: a judgement of a patch, to be told of; several add up."
)
@advisory_options
@options
def finding(session: Session, /, inquiry: Path, named: str | None, earlier: tuple[Path, ...], **given: Any) -> Reply:
    """Does a reported way around safeguards work, how far does it reach, and how severe is it?

    INQUIRY says what is asked; LOG are the trials. The exit code is 0 if it could not be reproduced, 1 if it was, 7 if
    that is undecided, 8 if there is not enough evidence.
    """
    asked = inquiry_asked(source_files((inquiry, *given["suites"])), named, "finding")
    return judged(session, asked, (), earlier, (), **given)


@command(
    judge,
    "patch",
    examples=(
        "licet judge patch inquiry.yaml after.eval ordinary.eval --suite suite.yaml --suite benign.yaml",
        "licet judge patch patch.yaml logs/ --suite suites/ --page page.html --save judgement.json",
        "licet judge patch p.yaml logs/ --suite suites/ --document d.yaml --name p-1 --issuer 'A. Lab' --patches f-1",
    ),
)
@click.argument("inquiry", type=click.Path(path_type=Path, allow_dash=True))
@LOGS
@click.option("--inquiry", "named", metavar="NAME", help="Which inquiry, where the file has several.")
@click.option(
    "--patches", multiple=True, metavar="NAME", help="With --document: a finding that it patches; several add up."
)
@advisory_options
@options
def patch(session: Session, /, inquiry: Path, named: str | None, patches: tuple[str, ...], **given: Any) -> Reply:
    """Does a patch hold, and what does it cost whom?

    INQUIRY says what is asked; LOG are the trials. The exit code is 0 if it holds, 1 if it fails, 7 if that is
    undecided, 8 if there is not enough evidence.
    """
    asked = inquiry_asked(source_files((inquiry, *given["suites"])), named, "patch")
    return judged(session, asked, (), (), patches, **given)


def judged(
    session: Session,
    asked: Question,
    arms: Sequence[str],
    earlier: Sequence[Path],
    patches: Sequence[str],
    *,
    logs: tuple[Path, ...],
    labels: Path | None,
    spent: Sequence[str],
    at: When,
    seed: int,
    suites: Sequence[Path],  # noqa: ARG001 - they were read with what is asked
    **output: Any,
) -> Reply:
    """Read, judge, keep, and write what was asked for."""
    draft_options(output["document"], output["name"], output["issuer"], output["supersedes"])
    export = exporting(name=output["name"], **{each: output.pop(each) for each in EXPORTS & output.keys()})
    before = [judgement_of(path) for path in earlier]
    validated: Labels = labels_of(labels)
    tried = trials_of(session, logs)
    when = session.world.now() if at is None or at == "now" else at
    question = with_arms(asked, arms, spent_of(spent), validated.digest)
    found = session.world.judge(question, tried, validated.validations, at=when, seed=seed)
    kept = Kept(with_earlier(found, before), seed, question.asked)
    tree, blocks = judgement_tree(kept), blocks_of(kept)
    made, more = outputs(session, kept, patches, export, **output)
    return Reply({**tree, **made}, [*blocks, *more], EXITS[standing_of(kept.judgement)])


def judgement_tree(kept: Kept) -> Tree:
    """The judgement as JSON: what a script asks first, and the whole of it."""
    return {
        "verdict": verdict_of(kept.judgement).value,
        "standing": standing_of(kept.judgement).value,
        "headline": headline(kept.judgement),
        "deciding": deciding(kept.judgement),
        "digest": digest_of(kept),
        "judgement": tree_of(kept),
    }


def outputs(
    session: Session,
    kept: Kept,
    patches: Sequence[str],
    export: Exporting,
    *,
    page: Path | None,
    save: Path | None,
    document: Path | None,
    name: str | None,
    issuer: str | None,
    supersedes: Sequence[str],
    from_: When,
) -> tuple[Tree, list[Block]]:
    """Write the files that were asked for."""
    at = kept.judgement.at
    drafted = ""
    if document is not None:
        since = session.world.now() if from_ == "now" else from_ or at
        drafted = document_of(
            kept, name or "", issuer or "", patches=patches, supersedes=supersedes, issued=at, since=since
        )
    files: tuple[File, ...] = (
        ("page", page, lambda: session.world.judgement_page(kept), "the page is in"),
        ("save", save, lambda: written(kept), "the judgement is in"),
        ("document", document, lambda: drafted, "the document is in"),
        *exported(kept, export),
    )
    blocks: list[Block] = []
    for _, path, content, said in files:
        if path is not None:
            write(path, content())
            blocks.append(Line(f"{said} {path}", Tone.QUIET))
    if document is not None:
        blocks += [Line(f"licet check {document}"), Line(f"licet enact {document}")]
    return {name: str(path) for name, path, _, _ in files if path is not None}, blocks
