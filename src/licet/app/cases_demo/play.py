"""The acts, in the order of time: what officers type, what that does to the law, and what callers hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from licet.app.cases_demo.desks import Desks
from licet.app.cases_demo.stage import APPEALS, COUNSEL, REVIEW, SAFETY
from licet.app.demo.heard import in_words
from licet.app.demo.play import Tell
from licet.app.demo.standing import Standing
from licet.app.demo.told import Act, Said
from licet.cli.terminal.exits import Exit

EASTERN = "-04:00"
START = datetime.fromisoformat("2026-06-12T12:00:00-04:00")
COMMANDS = 75
"""Commands that are typed in all."""

DEVELOPER = "fable-labs.example"
CUSTOMERS = ("harbour-hospital.example", "lakeside-water.example", "summit-grid.example", "meridian-cables.example")
DUTIES = ("sb53", "raise", "sb315", "hr9477", "great_american_ai", "eu_ai_act_73", "gpai_code")
REGISTER = "register"
QUESTION = "Why is the sea salty?"


class Play:
    """The demonstration as it goes on."""

    def __init__(self, stage: Standing, tell: Tell) -> None:
        self.stage = stage
        self.desks = Desks(stage, tell)
        self.at = START
        self._tell = tell

    def acts(self) -> Iterator[Act]:
        """Every act, played when it is asked for."""
        for at, title, play in ACTS:
            self.go_to(at)
            self.desks.said = []
            play(self)
            yield Act(self.at, title, tuple(self.desks.said))

    def go_to(self, at: str) -> None:
        """Let it be this instant, US Eastern; what has run out by then is entered."""
        self.at = datetime.fromisoformat(at + EASTERN)
        self._tell(f"{self.at:%d %B %H:%M}", 0)
        self.stage.go_to(self.at)

    def hear(self, caller: str, model: str, expected: str, words: str = "") -> None:
        """Somebody asks; `expected` is the outcome, `words` something that they read."""
        heard = self.stage.ask(caller, model, QUESTION)
        right = heard.outcome == expected and words in heard.text
        self.desks.said.append(Said(f"{caller} asks {model}", in_words(heard), right))

    def enact(self, file: str) -> None:
        """Both officers enact a file, or one where it only narrows."""
        if not (self.stage.folder / file).exists():
            self.desks.said.append(Said(f"licet enact {file}", "nobody wrote it", right=False))
            return
        self.stage.enact(file, self.at)
        text = (self.stage.folder / file).read_text(encoding="utf-8")
        names = [line for line in text.splitlines() if line.split(":")[0] in ("order", "licence", "lift")]
        self.desks.said.append(Said(f"licet enact {file}", ", ".join(names)))


def letter(play: Play) -> None:
    """The letter, with what the real one lacked."""
    play.enact("order.yaml")
    play.hear("jean", "fable-5", "served")


def in_force(play: Play) -> None:
    """Exactly those whom it covers, or of whom nobody knows."""
    play.hear("jean", "fable-5", "substitute")
    play.hear("imre", "mythos-5", "refuse", "us-doc-2026-06-12")
    play.hear("ada", "fable-5", "served")


def appealed(play: Play) -> None:
    """The developer appeals the same evening, and asks for a stay."""
    desks = play.desks
    party = f"appellant={DEVELOPER}"
    link = "concerns=us-doc-2026-06-12"
    desks.opened(
        COUNSEL, ["appeal"], *("appeal", "--event", "file", "--party", party, "--fields", "appeal.yaml", "--link", link)
    )
    case = desks.cases["appeal"]
    harm = "stay_asked=the order as it covers the developer's own staff, without whom nothing is patched"
    desks.act(COUNSEL, "case", "act", case, "ask_stay", "--party", party, "--field", harm)
    desks.act(COUNSEL, "case", "act", case, "admit")


def applied(play: Play) -> None:
    """What is needed is published; the application says it."""
    desks = play.desks
    desks.look("procedures", "show", "licence_application", says="title")
    desks.look("procedures", "criteria", "frontier_access", says="title")
    desks.opened(
        COUNSEL,
        ["application"],
        *("licence_application", "--party", f"applicant={DEVELOPER}", "--fields", "application.yaml"),
        *("--exhibit", "plan.txt", "--exhibit", "screening.txt", "--link", "concerns=us-doc-2026-06-12"),
    )


def referred(play: Play) -> None:
    """Agencies get it; a question stops the clock; the stay is decided, with reasons, by somebody else."""
    desks = play.desks
    case = desks.cases["application"]
    agencies = ("--field", "agencies=agency-one.example;agency-two.example")
    desks.act(COUNSEL, "case", "act", case, "refer", *agencies)
    desks.act(COUNSEL, "case", "act", case, "say_complete", *agency("agency-one.example"))
    desks.act(COUNSEL, "case", "act", case, "ask_applicant", "--field", "missing=who would notice misuse, and how fast")
    desks.act(APPEALS, "case", "decide", desks.cases["appeal"], "refuse_stay", desks.fill("stay.yaml"))


def agency(name: str) -> tuple[str, ...]:
    """The options by which an agency is recorded."""
    return "--party", f"agency={name}", "--field", f"agency={name}"


def answered_late(play: Play) -> None:
    """An answer that came on Thursday is recorded on Monday: kept, marked, and every clock computed anew."""
    desks = play.desks
    case = desks.cases["application"]
    late = ("--happened", f"2026-06-18T16:10:00{EASTERN}", "--late", "it came by post, and nobody was in on Friday")
    given = ("--party", f"applicant={DEVELOPER}", "--field", "answer=each organisation, within three days", *late)
    desks.act(COUNSEL, "case", "act", case, "give_information", *given)
    for name, position in (("agency-one.example", "no objection"), ("agency-two.example", "deny")):
        more = ("--field", f"position={position}", "--field", "legal_basis=15 CFR 744.22")
        why = "--field", "reasons=the finding of 11 June is open" if position == "deny" else "reasons=defence is served"
        desks.act(COUNSEL, "case", "act", case, "recommend", *agency(name), *more, *why)
    desks.act(COUNSEL, "case", "act", case, "close_recommendations")
    desks.look("case", "show", case)


def intended(play: Play) -> None:
    """A letter as June's cannot be signed; one with its six elements can, by two."""
    desks = play.desks
    case = desks.cases["application"]
    why = "reasons=one decisive criterion is not shown to be met"
    desks.act(COUNSEL, "case", "act", case, "intend_denial", "--field", why)
    desks.act(COUNSEL, "case", "decide", case, "notify_intent", "intent-draft.yaml", "--check", wanted=Exit.REJECTED)
    desks.act(COUNSEL, "case", "decide", case, "notify_intent", desks.fill("intent.yaml"), second=SAFETY)


def answered(play: Play) -> None:
    """The applicant answers with evidence, in time."""
    desks = play.desks
    answer = ("--field", "answer=The patch holds; the judgement and its trials are attached.")
    desks.act(
        COUNSEL,
        *("case", "act", desks.cases["application"], "answer_intent", "--party", f"applicant={DEVELOPER}"),
        *(*answer, "--exhibit", "patch-report.txt"),
    )


def granted(play: Play) -> None:
    """The grant writes the licence; two officers put it in force."""
    desks = play.desks
    case = desks.cases["application"]
    desks.act(COUNSEL, "case", "decide", case, "grant", desks.fill("grant.yaml"), second=SAFETY)
    desks.look("case", "instrument", case, "--file", "licence.yaml", says="file")
    play.enact("licence.yaml")
    play.hear("imre", "mythos-5", "served")
    play.hear("mei", "mythos-5", "refuse", "us-doc-2026-06-12")


def one_by_one(play: Play) -> None:
    """Annex A: each organisation gets its own case, answer, reasons, licence and appeal."""
    desks = play.desks
    parent = desks.cases["application"]
    desks.opened(
        COUNSEL, CUSTOMERS, "customer_approval", "--csv", "customers.csv", "--role", "proposer", "--parent", parent
    )
    desks.act(COUNSEL, "case", "act", "screen", "--csv", desks.fill("screened.csv"))
    shared = ("--csv", desks.fill("approvals.csv"), "--decision", desks.fill("approval.yaml"))
    desks.act(COUNSEL, "case", "act", "approve", *shared, second=SAFETY)
    refused = desks.cases[CUSTOMERS[-1]]
    desks.act(COUNSEL, "case", "decide", refused, "notify_intent", desks.fill("refusal-intent.yaml"), second=SAFETY)
    desks.look("case", "queue", parent)
    approved = [desks.cases[each] for each in CUSTOMERS[:-1]]
    desks.look("case", "instrument", *approved, "--file", "annex-a.yaml", says="file")
    play.enact("annex-a.yaml")
    play.hear("mei", "mythos-5", "served")


def lifted(play: Play) -> None:
    """The appeal is decided by somebody who decided nothing before, and the instrument follows."""
    desks = play.desks
    case = desks.cases["appeal"]
    desks.act(COUNSEL, "case", "act", case, "close_submissions")
    desks.act(APPEALS, "case", "decide", case, "vary", desks.fill("varied.yaml"), second=REVIEW)
    desks.look("case", "instrument", case, "--file", "lift.yaml", says="file")
    play.enact("lift.yaml")
    play.hear("jean", "fable-5", "served")


def owed(play: Play) -> None:
    """Undertakings have owners and dates: one is met, one is broken, announced, and put right."""
    desks = play.desks
    case = desks.cases["application"]
    desks.act(COUNSEL, "case", "discharge", case, "protocols")
    desks.look("clocks", "--overdue")
    play.go_to("2026-07-12T09:00:00")
    desks.act(COUNSEL, "case", "breach", case, "retest", "--why", "nothing was handed in by 10 July")
    play.go_to("2026-07-14T09:00:00")
    desks.act(COUNSEL, "case", "discharge", case, "retest")


def refused(play: Play) -> None:
    """Twenty days went by without an answer; the clock noted it. The refusal is appealed, and goes back."""
    desks = play.desks
    case = desks.cases[CUSTOMERS[-1]]
    desks.act(COUNSEL, "clocks", "--fire")
    desks.act(COUNSEL, "case", "decide", case, "refuse", desks.fill("refusal.yaml"), second=SAFETY)
    party = f"appellant={CUSTOMERS[-1]}"
    desks.act(COUNSEL, "case", "appeal", case, "--party", party, "--fields", "refusal-appeal.yaml")


def incident(play: Play) -> None:
    """One incident, on one form, under every duty there is: which apply, and each authority's report."""
    desks = play.desks
    desks.look("incident", "assess", "incident.yaml")
    tree = desks.act(COUNSEL, "incident", "open", "incident.yaml", "--duties")
    case = str(tree.get("incident"))
    (play.stage.folder / "reports").mkdir()
    for duty in DUTIES:
        desks.look("incident", "report", case, duty, "--output", f"reports/{duty}.md")
    desks.act(COUNSEL, "incident", "report", case, "sb53", "--made")


def public(play: Play) -> None:
    """What is due, soonest first; the register; a case as a folder."""
    desks = play.desks
    desks.look("clocks")
    desks.look("register", "publish", REGISTER)
    case = desks.cases["application"]
    desks.look("case", "export", case, "application.zip")


ACTS: tuple[tuple[str, str, Callable[[Play], None]], ...] = (
    ("2026-06-12T17:25:00", "the letter, with reasons, a review date and a way to appeal", letter),
    ("2026-06-12T18:52:00", "in force, for exactly whom it covers", in_force),
    ("2026-06-12T19:30:00", "an appeal", appealed),
    ("2026-06-13T10:00:00", "an application, by published criteria", applied),
    ("2026-06-16T11:00:00", "with the agencies; the stay is decided", referred),
    ("2026-06-22T09:00:00", "an answer that was recorded late", answered_late),
    ("2026-06-23T15:00:00", "an intent to deny, with its six elements", intended),
    ("2026-06-24T16:00:00", "the answer, with evidence", answered),
    ("2026-06-26T20:30:00", "the licence", granted),
    ("2026-06-27T16:00:00", "Annex A, one organisation at a time", one_by_one),
    ("2026-06-30T20:00:00", "the appeal is decided, and the controls are lifted", lifted),
    ("2026-07-09T09:00:00", "undertakings", owed),
    ("2026-07-20T10:00:00", "a refusal, and its appeal", refused),
    ("2026-07-20T11:00:00", "one incident, seven duties", incident),
    ("2026-07-21T09:00:00", "the public register", public),
)
