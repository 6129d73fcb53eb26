"""Exit codes, and which error leads to which. `spec/cli.md` lists them for scripts."""

from __future__ import annotations

from enum import IntEnum

from licet.cli.world import ConfigurationUnusable
from licet.core.errors import LicetError
from licet.services.approval import ApprovalRefused
from licet.services.drill import DrillRefused
from licet.services.keys import KeyRefused
from licet.services.lifting import LiftRefused
from licet.services.population import PopulationRejected
from licet.services.ports import StoreConflict, StoreUnavailable
from licet.services.record.keeping.disclosure import NothingToDisclose
from licet.services.record.keeping.holds import HoldRefused
from licet.services.subjects import SubjectRefused
from licet.wire.documents import DocumentsRejectedError
from licet.wire.sheet import SheetRejected
from licet.wire.yaml import YamlRejectedError


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    NO = 1
    USAGE = 2
    REJECTED = 3
    STATE = 4
    NOT_EVERYWHERE = 5
    WAITING = 6
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
    Exit.BUG: "a bug in licet",
    Exit.INTERRUPTED: "interrupted from the keyboard",
}


class Misnamed(LicetError):
    """A command names something that there is not."""


ERRORS: tuple[tuple[type[LicetError], str, Exit], ...] = (
    (DocumentsRejectedError, "documents_rejected", Exit.REJECTED),
    (SheetRejected, "sheet_rejected", Exit.REJECTED),
    (PopulationRejected, "population_rejected", Exit.REJECTED),
    (YamlRejectedError, "documents_rejected", Exit.REJECTED),
    (ConfigurationUnusable, "configuration_unusable", Exit.STATE),
    (StoreConflict, "conflict", Exit.STATE),
    (StoreUnavailable, "store_unavailable", Exit.STATE),
    (ApprovalRefused, "approval_refused", Exit.NO),
    (KeyRefused, "key_refused", Exit.USAGE),
    (LiftRefused, "lift_refused", Exit.USAGE),
    (DrillRefused, "drill_refused", Exit.USAGE),
    (SubjectRefused, "subject_refused", Exit.USAGE),
    (HoldRefused, "hold_refused", Exit.USAGE),
    (NothingToDisclose, "nothing_to_disclose", Exit.NO),
    (Misnamed, "misnamed", Exit.USAGE),
    (LicetError, "state", Exit.STATE),
)
"""The first class that fits counts; the last fits all."""


def kind_of(error: LicetError) -> tuple[str, Exit]:
    """The code of an error for programs, and the exit code."""
    return next((code, exit_) for kind, code, exit_ in ERRORS if isinstance(error, kind))
