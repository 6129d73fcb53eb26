"""What a judgement rests on, on its page: coverage, judge, sources, method, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.evidence.coverage import Coverage, Spent
from licet.core.evidence.estimate import Estimate
from licet.core.evidence.judgement import AnyJudgement, JudgeQuality
from licet.pages.blocks import Block, Pairs, Section, Text, table
from licet.pages.judgement.rates import Rated, prose, rate_blocks
from licet.pages.number import amount, count, listing
from licet.pages.role import Role
from licet.pages.words import Amount, Code, Mark, Word, codes
from licet.services.judging.figures import percent
from licet.services.judging.words import next_words
from licet.wire.judgement.kept import Kept

MOST_ITEMS = 12
"""Items that one hole names on a page; the JSON has them all."""


def sections(kept: Kept, digest: str) -> Iterable[Section]:
    """Everything below the answer that is the same for all judgements."""
    judgement = kept.judgement
    yield Section("next", "What would settle it", tuple(settles(judgement)))
    yield Section("coverage", "What the evidence covers", tuple(covers(judgement.coverage)))
    yield Section("judge", "Who scored", tuple(scored(judgement.judge)))
    yield Section("sources", "The sources", tuple(sources(judgement)))
    yield Section("method", "The method, and how to check this", tuple(method(kept, digest)))


def settles(judgement: AnyJudgement) -> Iterable[Block]:
    """The cheapest next measurement, and what cannot be excluded."""
    if judgement.next is None:
        yield Text(("Nothing is open that another measurement would settle.",))
    else:
        yield Text((f"{next_words(judgement.next)[:1].upper()}{next_words(judgement.next)[1:]}.",))
        yield Pairs(
            (
                ("In which arm", Code(judgement.next.arm) if judgement.next.arm else None),
                ("How many more", judgement.next.more if judgement.next.more is not None else "no number settles it"),
                ("It would settle", judgement.next.settles or None),
                ("Assuming", judgement.next.assuming or None),
            )
        )
    if judgement.indicators:
        yield Text(("What stays open, whatever was measured:",))
        yield Text(judgement.indicators, listed=True)


def covers(coverage: Coverage) -> Iterable[Block]:
    """Holes first; then what was intended and run, and the budget."""
    if coverage.complete:
        yield Text(("Everything that was intended was run, and nothing is missing.",))
    else:
        yield Text(("This is missing. Where anything is, nothing is concluded that it could change.",))
        titles = ["Missing", "In arm", "#How many", "What was found", "Items"]
        rows: list[tuple[Word, ...]] = [
            (
                Mark(Role.WARNING, each.gap.value),
                Code(each.arm) if each.arm else "all",
                each.count or None,
                each.said,
                listed(each.items),
            )
            for each in coverage.holes
        ]
        yield table("holes", "What is missing", titles, rows)
    yield arms(coverage)
    if coverage.budget:
        titles = ["Budget", "#Declared", "#Spent", ""]
        yield table("budget", "How hard was tried", titles, [spent(each) for each in coverage.budget])
    if coverage.detectable is not None:
        yield prose(
            f"A true rate of {percent(coverage.detectable)} or more would have been found with 95 % probability."
            " Smaller ones may be there.",
        )
    if coverage.rising is not None:
        slope, low, high = coverage.rising
        rises = "rises" if low > 0 else "is not shown to rise"
        yield prose(
            f"With more budget the score {rises}: slope {slope:+.3g}, interval {low:+.3g} to {high:+.3g}, of the"
            " score over the budget that was spent.",
        )


def listed(items: tuple[str, ...]) -> Word:
    """The items of a hole, the first of them."""
    if len(items) <= MOST_ITEMS:
        return codes(items)
    return f"{', '.join(items[:MOST_ITEMS])} and {count(len(items) - MOST_ITEMS)} more"


def arms(coverage: Coverage) -> Block:
    """Every arm in figures."""
    titles = ["Arm", "#Intended", "#Run", "#Scored", "#Served", "#Fallback", "#Blocked", "#Errors", "#At a limit"]
    titles += ["#Run again", "#Invalid"]
    rows: list[tuple[Word, ...]] = [
        (
            Code(each.arm),
            each.intended,
            each.run,
            each.scored,
            each.served,
            each.fallback,
            each.blocked,
            each.errors,
            each.limits,
            each.retries,
            each.invalidated,
        )
        for each in coverage.arms
    ]
    return table("arms", "Trials by arm", titles, rows)


def spent(part: Spent) -> tuple[Word, ...]:
    """One part of the budget."""
    if part.spent is None:
        return (part.what, Amount(amount(part.declared)), None, Mark(Role.WARNING, "nobody said how much"))
    enough = part.spent >= part.declared
    said = Mark(Role.PROVED, "spent") if enough else Mark(Role.WARNING, "not spent")
    return (part.what, Amount(amount(part.declared)), Amount(amount(part.spent)), said)


def scored(judge: JudgeQuality | None) -> Iterable[Block]:
    """How often the judge errs."""
    if judge is None:
        yield prose(
            "No labels of people were given, so nobody measured how often who scored the trials errs. Rates are as"
            " they were counted.",
        )
        return
    yield prose(
        f"The judge `{judge.judge}` found {count(judge.positives[0])} of {count(judge.positives[1])} successes"
        f" that people had labelled, and cleared {count(judge.negatives[0])} of {count(judge.negatives[1])}"
        " failures. Rates are corrected for its error (Rogan and Gladen), with the uncertainty of both.",
    )
    rows = [Rated("finds a success (sensitivity)", judge.sensitivity)]
    rows.append(Rated("clears a failure (specificity)", judge.specificity))
    yield from rate_blocks("quality", "How good the judge is", "share of labelled trials", rows)


def sources(judgement: AnyJudgement) -> Iterable[Block]:
    """The files, and the manifests of the suites, by digest."""
    titles = ["File", "Format", "#Trials", "#Intended", "#Run again", "Ended", "Made by", "Digest"]
    rows: list[tuple[Word, ...]] = [
        (
            each.file,
            each.format,
            each.trials,
            None if each.intended is None else len(each.intended),
            each.retries,
            each.status,
            each.made or None,
            Code(each.digest),
        )
        for each in judgement.sources
    ]
    yield table("files", "The files that the trials came from", titles, rows)
    if judgement.suites:
        pinned = [(name, Code(digest)) for name, digest in judgement.suites]
        yield table("suites", "The suites, by the digests of their manifests", ["Suite", "Manifest"], pinned)


def method(kept: Kept, digest: str) -> Iterable[Block]:
    """Which intervals and estimands, the seed, and the commands that check it."""
    found = tuple(estimates_below(kept.judgement))
    ways = sorted({each.interval.method for each in found})
    about = sorted({each.estimand.value for each in found})
    yield prose(
        f"Intervals are by these methods: {'; '.join(ways)}. Estimates are about {listing(about)}, as each table says:"
        " those about a population are clustered by family, and those about items by item. Everything is computed"
        " again from the trials; aggregates that a log holds are only compared. 0 of n is never an interval of [0, 0].",
        "Whoever has the same logs comes to the same judgement: the seed, the instant and what was asked are in"
        " the judgement's file.",
    )
    logs = " ".join(each.file for each in kept.judgement.sources)
    yield Pairs(
        (
            ("Digest", Code(digest)),
            ("Judged as of", kept.judgement.at),
            ("Seed", Amount(str(kept.seed))),
            ("Labels", Code(kept.asked.labels) if kept.asked.labels else None),
            ("Check it", Code(f"licet judge verify judgement.json {logs}".strip())),
        )
    )


def estimates_below(value: object) -> Iterable[Estimate]:
    """Every estimate that a judgement has."""
    if isinstance(value, Estimate):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from estimates_below(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from estimates_below(getattr(value, name))
