"""What evidence says of a patch, on a page: whether it holds, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.evidence.estimate import Estimate
from licet.core.evidence.judgement import Held, PatchJudgement, UseCost
from licet.core.evidence.trial import Use
from licet.pages.blocks import Block, Figure, Meaning, Section, Text, table
from licet.pages.charts.chart import picture
from licet.pages.charts.divided import Group, Whole, divided
from licet.pages.charts.forest import Limit
from licet.pages.judgement.rates import Differing, Rated, difference_blocks, rate_blocks
from licet.pages.judgement.standing import ROLES
from licet.pages.number import listing
from licet.pages.role import Role
from licet.pages.words import Amount, Mark, Word
from licet.services.judging.figures import number, percent, rated, signed, spanned
from licet.services.judging.words import STANDINGS

ABOUT = "Judgement of a patch"

SERVED = (Role.UNCHANGED, Role.SUBSTITUTED, Role.LOSES)
KEY = (
    Meaning(Role.UNCHANGED, "served"),
    Meaning(Role.SUBSTITUTED, "served by the fallback model"),
    Meaning(Role.LOSES, "blocked"),
)


def figures(judgement: PatchJudgement) -> Iterable[Figure]:
    """The strip at the top."""
    yield Figure(percent(judgement.after.value), "of the tries still work", ROLES[STANDINGS[judgement.verdict]])
    yield Figure(percent(judgement.after.interval.high), "is the upper bound of that")
    yield Figure(percent(judgement.bound), "is the bound that it must stay under", Role.REFUTED)
    yield from (cost_figure(each, judgement) for each in judgement.costs if each.use in told_of(judgement))


def told_of(judgement: PatchJudgement) -> tuple[Use, ...]:
    """The classes of use whose cost stands at the top: those that are shown to lose too much, else the benign."""
    return judgement.dear or (Use.BENIGN,)


def cost_figure(cost: UseCost, judgement: PatchJudgement) -> Figure:
    """What one class of use loses; nothing is made up where it was not measured before."""
    role = Role.REFUTED if cost.use in judgement.dear else None
    lost = "not known" if cost.lost is None else signed(cost.lost.difference.value)
    return Figure(lost, f"points: the {cost.use.value} requests that are served", role)


def sections(judgement: PatchJudgement) -> Iterable[Section]:
    """Whether the technique fails now, and earlier ones too; what that costs ordinary users."""
    yield Section("holds", "Does it hold?", tuple(holds(judgement)))
    yield Section("cost", "What does it cost?", tuple(costs(judgement)))


def holds(judgement: PatchJudgement) -> Iterable[Block]:
    """The rates against the bound."""
    after = Rated("after the patch", judgement.after, *against(judgement.after, judgement.bound))
    rows = [after] if judgement.before is None else [Rated("before the patch", judgement.before), after]
    if judgement.observed is not None and judgement.observed != judgement.after:
        rows.append(Rated("after it, as counted", judgement.observed))
    rows += [Rated(each.finding, each.rate, ROLES[STANDINGS[each.held]], each.held.value) for each in judgement.earlier]
    limit = Limit(f"bound {percent(judgement.bound)}", judgement.bound, Role.REFUTED)
    yield from rate_blocks("rates", "How often techniques work, against the bound", "share of tries", rows, (limit,))
    if judgement.earlier:
        yield Text(("Earlier findings were tried again: a patch that opens one of them again does not hold.",))
    else:
        yield Text(("No earlier finding was tried again.",))


def against(rate: Estimate, bound: float) -> tuple[Role, str]:
    """What a rate by itself says of the bound."""
    if rate.interval.high < bound:
        return Role.PROVED, Held.HOLDS.value
    if rate.interval.low >= bound:
        return Role.REFUTED, Held.FAILS.value
    return Role.UNKNOWN, Held.UNDECIDED.value


def costs(judgement: PatchJudgement) -> Iterable[Block]:
    """What becomes of requests of each class of use, before and after."""
    if not judgement.costs:
        yield Text(("Nobody measured what it costs: there are no trials of ordinary requests.",))
        return
    yield Text(tuple(dear(judgement)))
    yield picture(
        "costs-plot",
        "What becomes of requests, by class of use",
        " ".join(map(in_words, judgement.costs)),
        divided([group(each) for each in judgement.costs], "share of requests"),
        key=KEY,
        table="costs",
    )
    titles = ["Class of use", "When", "#Served", "#By the fallback", "#Blocked", "#Requests"]
    yield table(
        "costs",
        "Shares by class of use, with intervals",
        titles,
        [row for each in judgement.costs for row in rows(each)],
    )
    lost = [Differing(each.use.value, each.lost) for each in judgement.costs if each.lost is not None]
    yield from difference_blocks("lost", "What is served, after less before", "percentage points", "no change", lost)


def dear(judgement: PatchJudgement) -> Iterable[str]:
    """In which classes more is lost than allowed; and what blocks of the benign are."""
    if judgement.dear:
        yield f"More than the margin is lost of {listing([f'`{each.value}`' for each in judgement.dear])} requests."
    else:
        yield "In no class of use is it shown that more than the margin is lost."
    benign = next((each for each in judgement.costs if each.use is Use.BENIGN), None)
    if benign is not None:
        yield f"Blocks among the benign are errors of the safeguard: {rated(benign.after[2])} after the patch."


def group(cost: UseCost) -> Group:
    """The bars of one class of use."""
    wholes = [Whole("after", parts(cost.after), figures_of(cost.after))]
    if cost.before is not None:
        wholes.insert(0, Whole("before", parts(cost.before), figures_of(cost.before)))
    return Group(cost.use.value, tuple(wholes))


def parts(found: tuple[Estimate, Estimate, Estimate]) -> tuple[tuple[Role, float], ...]:
    """Served, fallback, blocked."""
    return tuple((role, each.value) for role, each in zip(SERVED, found, strict=True))


def figures_of(found: tuple[Estimate, Estimate, Estimate]) -> str:
    """The three shares in per cent."""
    return " / ".join(number(each.value) for each in found) + " %"


def in_words(cost: UseCost) -> str:
    """One class of use, for those who do not see the bars."""
    before = "" if cost.before is None else f" (before: {figures_of(cost.before)})"
    return f"{cost.use.value}: served, by the fallback, blocked: {figures_of(cost.after)}{before}."


def rows(cost: UseCost) -> Iterable[tuple[Word, ...]]:
    """The shares of one class, before and after."""
    for when, found in (("before", cost.before), ("after", cost.after)):
        if found is None:
            continue
        cells = [Amount(f"{percent(each.value)}, {spanned(each.interval)}") for each in found]
        is_error = cost.use is Use.BENIGN and found[2].value > 0
        blocked: Word = Mark(Role.WARNING, cells[2].text) if is_error else cells[2]
        yield (cost.use.value, when, cells[0], cells[1], blocked, found[0].n)
