"""What stands behind a report: where each figure comes from, the log, the commands that verify, and the limits."""

from __future__ import annotations

from licet.core.report import Report
from licet.pages.blocks import Block, Pairs, Section, Text, table
from licet.pages.number import count, length, plural
from licet.pages.words import Code, Word, codes


def sourced(report: Report, about: str, source: str) -> list[Block]:
    """Where the figures of a part come from, and the commands that verify them."""
    lines = [each for each in report.commands if each.about == about]
    rows: list[tuple[str, Word]] = [("Comes from", source)]
    rows += [(f"Verify: {each.shows}", Code(each.line)) for each in lines]
    return [Pairs(tuple(rows), quiet=True)]


def log_section(report: Report) -> Section:
    """What the log holds about it, by index."""
    logged = report.logged
    if logged is None:
        said = "There is no log, so that nobody outside can verify any of this."
        said = f"The log cannot be read: {report.log_trouble}" if report.log_trouble else said
        return Section("report-log", "In the public log", (Text((said,)),))
    blocks: list[Block] = [
        Pairs(
            (
                ("Log", Code(logged.origin)),
                ("Size", plural(logged.size, "entry", "entries")),
                ("Root", Code(logged.root)),
                ("Signed, as it says, by", codes(logged.signers) if logged.signers else "nobody"),
                ("Checkpoint", Code(logged.note)),
            )
        )
    ]
    if logged.entries:
        rows: list[tuple[Word, ...]] = [(each.at, Code(each.type), each.about) for each in logged.entries]
        blocks.append(table("report-entries", "Entries about the order", ["#Index", "Type", "What it says"], rows))
    else:
        blocks.append(Text(("No entry of the log is about the order.",)))
    if logged.absent:
        blocks += [Text(("Not in the log:",)), Text(logged.absent, listed=True)]
    said = "the log: each entry was verified against its checkpoint; whose signatures that has was not"
    return Section("report-log", "In the public log", (*blocks, *sourced(report, "log", said)))


def verify_section(report: Report) -> Section:
    """Every command that verifies a claim."""
    said = (
        "What anybody can run works on the published log and on what the operator disclosed, and trusts neither."
        " `POLICY` is a file of yours that says which log's key and which witnesses you believe; `FOLDER` holds what"
        " was disclosed; a file that ends in `.csv` is the list of that name, whose text a `list` entry of the log has."
        " The rest runs on the operator's own state."
    )
    rows: list[tuple[Word, ...]] = [
        (each.shows, "anybody" if each.anybody else "the operator", Code(each.line)) for each in report.commands
    ]
    titles = ["It shows", "Who can run it", "Command"]
    shown = table("report-commands", "Commands that verify the claims of this report", titles, rows)
    public = "Without a public log, nobody but the operator can verify it." if report.logged is None else said
    return Section("report-verify", "How to verify it", (Text((public,)), shown))


def limit_section(report: Report) -> Section:
    """What it cannot show."""
    return Section("report-limits", "What this report cannot show", (Text(report.cannot, listed=True),))


def basis_section(report: Report) -> Section:
    """What was read to make it."""
    journal = report.journal
    files = plural(journal.files, "file")
    files += f", {count(journal.segments)} of them sealed segments" if journal.segments else ""
    rows: list[tuple[str, Word]] = [
        ("Report made", report.at),
        ("Counted from", report.since),
        ("Counted until", report.until),
        ("Over", length(report.until - report.since)),
        ("Journal", files),
        ("Records read", journal.records),
        ("First decision in it", journal.first),
        ("Last decision in it", journal.last),
        ("Damage", codes(journal.damaged) if journal.damaged else "none was found"),
        ("Ends cut short", codes(journal.torn) if journal.torn else None),
        ("Files without an end", codes(journal.open) if journal.open else None),
        ("Segments that are missing", codes(journal.missing) if journal.missing else None),
        ("Segments that were deleted", codes(journal.deleted) if journal.deleted else None),
    ]
    blocks: list[Block] = [Pairs(tuple(rows))]
    blocks += sourced(report, "journal", "the files of the journal, every one of them, read once")
    return Section("report-basis", "What this was made from", tuple(blocks))
