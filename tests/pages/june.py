"""Values as the engines would give them for the order of 12 June, written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from licet.core.change import Change, Effect
from licet.core.conditions import Always, Attested
from licet.core.decision import Decision, Outcome, Verdict
from licet.core.differences import Difference, Differences
from licet.core.drill import Acknowledged, Checked, Cut, Drilled, DrillReport
from licet.core.facts import UNKNOWN, Facts, Members
from licet.core.instruments import Licence, Lift, Operation, Order
from licet.core.preview import Moment, Preview, Row, Touched
from licet.core.proof import Answer, Proof, Witness
from licet.core.properties import Claim, Property
from licet.services.findings import Check, Finding, Review, Severity

EASTERN = timezone(timedelta(hours=-4))
ORDERED = datetime(2026, 6, 12, 18, 51, tzinfo=EASTERN)
LICENSED = datetime(2026, 6, 26, 20, 30, tzinfo=EASTERN)
LIFTED = datetime(2026, 6, 30, 20, 0, tzinfo=EASTERN)
BEFORE = "sha256:" + "1f0c" * 16
AFTER = "sha256:" + "a9e3" * 16
NAME = "us-doc-2026-06-12"

ORDER = Order(
    name=NAME,
    digest="sha256:" + "77" * 32,
    issued=datetime(2026, 6, 12, 17, 21, tzinfo=EASTERN),
    from_=ORDERED,
    title="No foreign person may use Fable 5 or Mythos 5 without a licence",
    issuer="U.S. Department of Commerce",
    authority=("15 CFR 744.22", "50 USC 4817(b)(1)"),
    reasons="None stated.",
    appeal="https://www.ecfr.gov/current/title-15/part-756",
    models=("fable-5", "mythos-5"),
    families=(),
    operations=(Operation.USE,),
    condition=Attested("foreign_person"),
    text="foreign_person",
)
LICENCE = Licence(
    name="us-doc-2026-06-26",
    digest="sha256:" + "78" * 32,
    issued=LICENSED,
    from_=LICENSED,
    title="Mythos 5 for Annex A organisations and for staff, foreigners included",
    models=("mythos-5",),
    families=(),
    operations=(Operation.USE,),
    condition=Attested("staff"),
    text="org in annex_a or staff",
    relieves=(NAME,),
)
LIFT = Lift(
    name="us-doc-2026-06-30", digest="sha256:" + "79" * 32, issued=LIFTED, from_=LIFTED, ends=(NAME, LICENCE.name)
)
DRAFT = (ORDER, LICENCE, LIFT)


def lost(model: str, becomes: str | None = None, unknown: tuple[str, ...] = (), cuts: bool = True) -> Change:
    """What the order does to somebody."""
    return Change(model, model, becomes, Effect.LOSES, (NAME,), unknown, cuts)


OPUS = "opus-4.8"
ROWS = (
    Row("person", lost("fable-5", OPUS), 38_114, 1_204, 52_311.25, ("s-4f1a09", "s-77b2c1", "s-d0e9aa")),
    Row("person", lost("fable-5", OPUS, ("citizenships", "us_citizen")), 4_902, 96, 3_118.5, ("s-0a11fe",)),
    Row("workload", lost("fable-5", OPUS, ("us_organised",)), 1_377, 611, 20_460.0, ("s-c2c2c2",)),
    Row("person", lost("mythos-5", OPUS), 612, 44, 2_090.0),
    Row("person", lost("mythos-5", None, ("org", "staff"), cuts=False), 87, 0, 12.75),
    Row("workload", lost("mythos-5"), 29, 17, 940.0, ("s-e1e1e1",)),
    Row("person", Change("opus-4.8", None, "opus-4.8", Effect.GAINS, (LICENCE.name,)), 215, 0, 33.0),
)
PREVIEW = Preview(
    at=ORDERED,
    before=BEFORE,
    after=AFTER,
    epoch=14,
    population="subjects of the store",
    accounts=1_000_000,
    kinds=(("person", 962_480), ("workload", 37_520)),
    models=("fable-5", "mythos-5", "opus-4.8"),
    rows=ROWS,
    organisations=(
        Touched("northwind-labs", lost("mythos-5", OPUS), 208),
        Touched("northwind-labs", lost("fable-5", OPUS), 1_930),
        Touched("Institut Laplace", lost("fable-5", OPUS), 1_121),
        Touched("Institut Laplace", lost("mythos-5"), 29),
        Touched("University of Toronto Robotics Institute", lost("fable-5", OPUS), 640),
        Touched(None, lost("fable-5", OPUS), 31_016),
        Touched("hanami-kk", Change("opus-4.8", None, "opus-4.8", Effect.GAINS, (LICENCE.name,)), 215),
    ),
    moments=(
        Moment(ORDERED, 45_121, 215, 45_005, begins=(NAME,)),
        Moment(LICENSED, 44_610, 726, 44_509, begins=(LICENCE.name,)),
        Moment(LIFTED, 0, 0, 0, ends=(NAME, LICENCE.name)),
    ),
    classes=416,
    journal_days=28.5,
    query_seconds=0.412,
    seconds=1.37,
)
EMPTY = Preview(
    at=ORDERED,
    before=BEFORE,
    after=AFTER,
    epoch=0,
    population="people.csv",
    accounts=0,
    kinds=(),
    models=(),
    rows=(),
    organisations=(),
    moments=(),
    classes=0,
    journal_days=None,
    query_seconds=0.0004,
    seconds=0.001,
)

JEAN: Facts = {
    "natural_person": True,
    "us_citizen": False,
    "lpr": UNKNOWN,
    "protected_individual": UNKNOWN,
    "citizenships": Members(frozenset({"FR", "CH"}), complete=False),
    "residence": "FR",
    "org": "Institut Laplace",
    "staff": False,
    "level": 2,
    "stream": False,
}


def decision(outcome: Outcome, served: str | None, forbidden: tuple[str, ...], rulebook: str, at: datetime) -> Decision:
    """A decision about fable-5."""
    first = Verdict(
        "fable-5", not forbidden, ("dev-fable-5-2026-06-09",), forbidden, (), (), ("lpr",) if forbidden else ()
    )
    rest = (Verdict(OPUS, True, ("dev-opus-4.8",), (), (), (), ()),) if served == OPUS else ()
    return Decision(outcome, "fable-5", served, "use", (first, *rest), rulebook, at)


def witness(at: datetime = ORDERED) -> Witness:
    """Jean, who is served before and substituted after."""
    before = decision(Outcome.SERVE, "fable-5", (), BEFORE, at)
    return Witness(JEAN, "fable-5", "use", at, before, decision(Outcome.SUBSTITUTE, OPUS, (NAME,), AFTER, at))


DIFFERENCES = Differences(
    before=BEFORE,
    after=AFTER,
    since=datetime(2026, 6, 12, 21, 30, tzinfo=UTC),
    differences=(
        Difference(lost("fable-5", OPUS), "use", ORDERED, LIFTED, witness(), 38_114),
        Difference(lost("fable-5", OPUS, ("lpr", "protected_individual")), "use", ORDERED, LIFTED, witness(), 6_279),
        Difference(lost("mythos-5"), "use", ORDERED, LICENSED, witness(), 116),
        Difference(
            Change("mythos-5", None, "mythos-5", Effect.GAINS, (LICENCE.name,)), "use", LICENSED, None, witness(), 55
        ),
    ),
    complete=True,
    assumptions=("A U.S. citizen has US among their citizenships.", "Nobody is a citizen and a permanent resident."),
    seconds=0.84,
)
SENTENCES = (
    "From 2026-06-12 18:51:00-04:00 until 2026-06-30 20:00:00-04:00, foreign persons lose fable-5.",
    "From 2026-06-26 20:30:00-04:00 on, staff gain mythos-5.",
)


def claim(name: str, which: Claim, title: str = "", **more: object) -> Property:
    """A property about foreign persons."""
    return Property(name=name, claim=which, whom=Always(True), text="foreign_person", title=title, **more)  # type: ignore[arg-type]


ASSUMED = DIFFERENCES.assumptions
PROOFS = (
    Proof(
        claim("no-foreign-person", Claim.NOBODY_ALLOWED, "No foreign person is served Fable 5", models=("fable-5",)),
        Answer.PROVED,
        rests_on=(NAME,),
        assumptions=ASSUMED,
        models=1,
        intervals=4,
        seconds=0.031,
    ),
    Proof(
        claim("only-narrows", Claim.ONLY_NARROWS, "The draft only narrows", from_=ORDERED, until=LIFTED),
        Answer.REFUTED,
        assumptions=ASSUMED[:1],
        witness=witness(),
        because="the licence us-doc-2026-06-26 lets somebody use mythos-5 who may not today",
        about=(LICENCE.name,),
        models=3,
        intervals=4,
        seconds=0.212,
    ),
    Proof(
        claim("mandates", Claim.MANDATES_MET, "Every mandate is met"),
        Answer.NOT_DECIDED,
        because="the time limit of 2 s was reached",
        models=50,
        intervals=1_200,
        seconds=2.0,
    ),
)

DRILL = DrillReport(
    name="drill-2026-06-10",
    title="Drill: Fable 5 for two named subjects",
    reasons="To see how fast an order reaches everybody.",
    actor="officer-a",
    models=("fable-5",),
    streams="cut",
    epoch=13,
    rulebook=AFTER,
    enacted=datetime(2026, 6, 10, 9, 59, 58, tzinfo=EASTERN),
    begins=datetime(2026, 6, 10, 10, 0, tzinfo=EASTERN),
    ends=datetime(2026, 6, 10, 10, 15, tzinfo=EASTERN),
    at=datetime(2026, 6, 10, 10, 20, tzinfo=EASTERN),
    subjects=(
        Drilled(
            "jean", "s-4f1a09", 124, 0, ((OPUS, 97),), 27, 0.041, (Cut("r-91", "fable-5", 0.018),), 0, 3, 41, 0, 0.37
        ),
        Drilled("imre", "s-77b2c1", 0, 0, (), 0, None, (), 1, 0, 0, 2, None),
    ),
    others=48_210,
    touched_others=0,
    acknowledged=(Acknowledged("gate-1", 0.0062, 1), Acknowledged("gate-2", 0.0081)),
    checked=Checked(9_998, 416, 41_184, True, ("drill-2026-06-10",), ASSUMED),
)

REVIEW = Review(
    PROOFS[1],
    (
        Finding(
            Check.CONTRADICTION,
            Severity.SERIOUS,
            "no mandate can be met while the order is in force",
            (NAME,),
            witness(),
        ),
        Finding(Check.UNKNOWN_FACTS, Severity.WARNING, "6,366 subjects are locked out only by unknown facts"),
        Finding(Check.NO_END, Severity.NOTE, f"{NAME} has neither an end nor a date of review", (NAME,)),
    ),
    0.52,
)
