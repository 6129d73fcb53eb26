"""Exit codes, and which error leads to which. `spec/cli.md` lists them for scripts."""

from __future__ import annotations

from enum import IntEnum

from licet.core.errors import LicetError


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    NO = 1
    USAGE = 2
    REJECTED = 3
    STATE = 4
    NOT_EVERYWHERE = 5
    WAITING = 6
    UNSETTLED = 7
    INSUFFICIENT = 8
    BUG = 70
    INTERRUPTED = 130


MEANINGS = {
    Exit.OK: "done; or the answer is yes",
    Exit.NO: "the answer is no: refused, another model would serve, not proved, or you said no",
    Exit.USAGE: "the command cannot be understood, or names what there is not",
    Exit.REJECTED: "a file was rejected; every problem is named with its place",
    Exit.STATE: "the configuration, the state or the store cannot be used, or somebody else changed it meanwhile",
    Exit.NOT_EVERYWHERE: "done and durable, but not every gate process has acknowledged it",
    Exit.WAITING: "proposed; nothing is in force until a second officer approves it",
    Exit.UNSETTLED: "judged on complete evidence, which does not settle it",
    Exit.INSUFFICIENT: "not enough evidence: what is missing is named",
    Exit.BUG: "a bug in licet",
    Exit.INTERRUPTED: "interrupted from the keyboard",
}


class Misnamed(LicetError):
    """A command names something that there is not."""


ERRORS: tuple[tuple[str, str, Exit], ...] = (
    ("wire.documents.DocumentsRejectedError", "documents_rejected", Exit.REJECTED),
    ("wire.sheet.SheetRejected", "sheet_rejected", Exit.REJECTED),
    ("wire.trials.refusal.TrialsRejected", "trials_rejected", Exit.REJECTED),
    ("wire.judgement.kept.JudgementRejected", "judgement_rejected", Exit.REJECTED),
    ("services.judging.asking.JudgingRefused", "judging_refused", Exit.USAGE),
    ("services.population.PopulationRejected", "population_rejected", Exit.REJECTED),
    ("wire.yaml.YamlRejectedError", "documents_rejected", Exit.REJECTED),
    ("cli.world.ConfigurationUnusable", "configuration_unusable", Exit.STATE),
    ("services.ports.StoreConflict", "conflict", Exit.STATE),
    ("services.ports.StoreUnavailable", "store_unavailable", Exit.STATE),
    ("services.approval.ApprovalRefused", "approval_refused", Exit.NO),
    ("services.acts.refusal.NotPermitted", "not_permitted", Exit.NO),
    ("services.acts.refusal.SignatureRefused", "signature_refused", Exit.NO),
    ("services.acts.refusal.ActRefused", "act_refused", Exit.USAGE),
    ("services.office.OfficeUnusable", "office_unusable", Exit.STATE),
    ("cli.place.OnlyHere", "office_unusable", Exit.STATE),
    ("services.identity.screening.ScreeningRefused", "screening_refused", Exit.USAGE),
    ("services.keys.KeyRefused", "key_refused", Exit.USAGE),
    ("services.identity.organisations.clients.ClientRefused", "client_refused", Exit.USAGE),
    ("services.lifting.LiftRefused", "lift_refused", Exit.USAGE),
    ("services.drill.DrillRefused", "drill_refused", Exit.USAGE),
    ("services.subjects.SubjectRefused", "subject_refused", Exit.USAGE),
    ("services.record.keeping.holds.HoldRefused", "hold_refused", Exit.USAGE),
    ("services.identity.forgetting.ForgettingRefused", "forgetting_refused", Exit.USAGE),
    ("services.identity.pseudonyms.PseudonymsRefused", "pseudonyms_refused", Exit.USAGE),
    ("services.record.keeping.disclosure.NothingToDisclose", "nothing_to_disclose", Exit.NO),
    ("services.cases.facts_file.FactsRejected", "facts_rejected", Exit.REJECTED),
    ("services.cases.incidents.NotAnIncident", "not_an_incident", Exit.USAGE),
    ("services.cases.reports.NoSuchReport", "no_such_report", Exit.USAGE),
    ("cases.refusal.NotPossible", "not_possible", Exit.NO),
    ("cases.law.LawMissing", "law_missing", Exit.USAGE),
    ("services.cases.refusal.CaseMissing", "case_missing", Exit.USAGE),
    ("cli.cases.checked.FieldsWrong", "fields_rejected", Exit.REJECTED),
    ("cli.cases.deciding.DecisionUnfinished", "decision_unfinished", Exit.REJECTED),
    ("cli.terminal.exits.Misnamed", "misnamed", Exit.USAGE),
)
"""Errors by the names of their classes below `licet`: so nothing is loaded for the sake of what might go wrong.

The first class that fits counts."""


def kind_of(error: LicetError) -> tuple[str, Exit]:
    """The code of an error for programs, and the exit code."""
    names = {f"{each.__module__}.{each.__qualname__}" for each in type(error).__mro__}
    found = ((code, exit_) for name, code, exit_ in ERRORS if f"licet.{name}" in names)
    return next(found, ("state", Exit.STATE))
