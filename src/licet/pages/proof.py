"""Proofs as a page: what was asked, whether it holds, what that rests on, and somebody of whom it does not."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.decision import Decision
from licet.core.proof import Answer, Proof, Witness
from licet.core.properties import Property
from licet.pages import look
from licet.pages.blocks import Block, Card, Figure, Page, Pairs, Section, Table, Text, table
from licet.pages.number import count, instant, listing, plural, seconds
from licet.pages.role import ANSWERS, OUTCOMES, Role
from licet.pages.words import Amount, Code, Given, Mark, Names, Word, codes, given


def page(proofs: Sequence[Proof], *, title: str) -> str:
    """Proofs as one self-contained HTML page."""
    return look.render(Page("Proofs", title, lead(proofs), figures(proofs), sections(proofs)))


def lead(proofs: Sequence[Proof]) -> tuple[str, ...]:
    """How many hold, and which do not."""
    if not proofs:
        return ("No property was asked about.",)
    parts = [said(proofs, each) for each in Answer]
    looked = plural(len(proofs), "property is", "properties are")
    return (f"{looked} looked at: {listing([each for each in parts if each])}.",)


def said(proofs: Sequence[Proof], answer: Answer) -> str:
    """How many have one answer, and where it is not the good one, which; empty if none has."""
    names = [each.property.name for each in proofs if each.answer is answer]
    if not names:
        return ""
    which = "" if answer is Answer.PROVED else f" ({listing(names)})"
    return f"{count(len(names))} {answer.value}{which}"


def figures(proofs: Sequence[Proof]) -> tuple[Figure, ...]:
    """The strip at the top."""
    answers = [each.answer for each in proofs]
    return tuple(Figure(count(answers.count(each)), each.value, ANSWERS[each]) for each in Answer)


def sections(proofs: Sequence[Proof]) -> tuple[Section, ...]:
    """Everything that proofs say, for a page of its own or beside other results."""
    if not proofs:
        return ()
    order = {Answer.REFUTED: 0, Answer.NOT_DECIDED: 1, Answer.PROVED: 2}
    ranked = sorted(enumerate(proofs, 1), key=lambda item: order[item[1].answer])
    return (
        Section("proof-answers", "Properties", (summary(proofs),)),
        Section("proof-each", "Each property", tuple(card(n, each) for n, each in ranked)),
        *assumption_section(proofs),
    )


def summary(proofs: Sequence[Proof]) -> Table:
    """One line for each property."""
    titles = ["Property", "Claim", "Answer", "#Models", "#Intervals", "#Took"]
    rows: list[tuple[Word, ...]] = [
        (
            Code(each.property.name),
            each.property.claim.value,
            Mark(ANSWERS[each.answer], each.answer.value),
            each.models,
            each.intervals,
            Amount(seconds(each.seconds)),
        )
        for each in proofs
    ]
    return table("proof-summary", "Every property and its answer", titles, rows)


def card(number: int, proof: Proof) -> Card:
    """One property with its answer and all that belongs to it."""
    claimed = proof.property
    title = f"{claimed.name}: {claimed.title}" if claimed.title else claimed.name
    blocks: list[Block] = [Text((sentence(proof),)), Pairs((*claim_rows(claimed), *answer_rows(proof)))]
    if proof.witness is not None:
        blocks += witness_blocks(f"proof-{number}", proof.witness)
    return Card(f"proof-{number}", title, Mark(ANSWERS[proof.answer], proof.answer.value), tuple(blocks))


def sentence(proof: Proof) -> str:
    """What the answer means."""
    if proof.because:
        return as_sentence(proof.because, proof.about)
    looked = f"{plural(proof.models, 'model')} and {plural(proof.intervals, 'interval')}"
    match proof.answer:
        case Answer.PROVED:
            return f"It holds for everybody who could ever ask, over {looked}."
        case Answer.REFUTED:
            return "It does not hold: there is a counterexample."
        case Answer.NOT_DECIDED:
            return "It is not known whether it holds."


def as_sentence(text: str, names: Sequence[str]) -> str:
    """A clause as a sentence; a name at its beginning stays as it is written."""
    named = any(text.startswith(name) for name in names)
    return (text if named else text[:1].upper() + text[1:]).removesuffix(".") + "."


def claim_rows(claimed: Property) -> tuple[tuple[str, Word], ...]:
    """What was claimed."""
    models = Names(tuple(Code(each) for each in claimed.models) + tuple(f"family {each}" for each in claimed.families))
    return (
        ("Claim", claimed.claim.value),
        ("Of whom", Code(claimed.text)),
        ("Certainty", f"{claimed.certainty.value}ly so"),
        ("Models", models if models.words else "all"),
        ("Operations", codes(claimed.operations)),
        ("From", claimed.from_ or "when it is asked"),
        ("Until", claimed.until or "for ever"),
        ("Instruments", codes(claimed.instruments) if claimed.instruments else None),
        ("Source", claimed.source or None),
        ("Digest", Code(claimed.digest) if claimed.digest else None),
    )


def answer_rows(proof: Proof) -> tuple[tuple[str, Word], ...]:
    """What the answer rests on or speaks of."""
    rests: Word = codes(proof.rests_on) if proof.rests_on else None
    if proof.answer is Answer.PROVED and not proof.rests_on:
        rests = "no instrument: it follows whatever they say"
    return (
        ("Rests on", rests),
        ("Speaks of", codes(proof.about) if proof.about else None),
        (
            "Looked at",
            f"{plural(proof.models, 'model')}, {plural(proof.intervals, 'interval')}, in {seconds(proof.seconds)}",
        ),
    )


def witness_blocks(name: str, witness: Witness) -> list[Block]:
    """Somebody of whom it does not hold: what they get, and what is known of them."""
    asked = f"A counterexample: somebody asks to {witness.operation} {witness.model} at {instant(witness.at)}"
    decisions = (
        [("before", witness.before), ("after", witness.after)] if witness.before else [("decision", witness.after)]
    )
    titles = ["Rulebook", "Outcome", "Served", "By", "Forbidden by", "Conflicts", "Unknown facts that matter"]
    facts = [fact_cells(given(fact, witness.facts[fact])) for fact in sorted(witness.facts)]
    return [
        table(f"{name}-decisions", asked, titles, [decision_cells(label, each) for label, each in decisions if each]),
        Pairs(tuple((f"Rulebook, {label}", Code(each.rulebook)) for label, each in decisions if each)),
        table(f"{name}-facts", "What is known of them", ["Fact", "Value"], facts),
    ]


def decision_cells(label: str, decision: Decision) -> tuple[Word, ...]:
    """A decision in one line."""
    asked = decision.verdicts[0]
    return (
        label,
        Mark(OUTCOMES[decision.outcome], decision.outcome.value),
        "none" if decision.served is None else Code(decision.served),
        codes(decision.instruments),
        codes(asked.forbidden_by),
        codes(asked.conflicts),
        codes(decision.unknown),
    )


def fact_cells(fact: Given) -> tuple[Word, ...]:
    """A fact and its value."""
    return (Code(fact.fact), Mark(Role.UNKNOWN, "unknown") if fact.unknown else fact.value)


def assumption_section(proofs: Sequence[Proof]) -> list[Section]:
    """What was taken for granted, once each, and for which properties where not for all."""
    found: dict[str, list[str]] = {}
    for proof in proofs:
        for each in proof.assumptions:
            found.setdefault(each, []).append(proof.property.name)
    if not found:
        return []
    rows: list[tuple[Word, ...]] = [
        (each, "all" if len(names) == len(proofs) else codes(names)) for each, names in found.items()
    ]
    said = table("proof-assumptions-table", "What was taken for granted of facts", ["Assumption", "Properties"], rows)
    return [Section("proof-assumptions", "What the proofs take for granted", (said,))]
