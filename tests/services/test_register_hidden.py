"""What the register adds to the public version of a case gives nothing away that is withheld there."""

from __future__ import annotations

from tests.cases.test_obligations import granted

from licet.cases.redaction.public import public
from licet.core.cases.register.shown import Hidden, ShownCase
from licet.pages.register.case import case_page
from licet.services.cases.register.showing import shown
from licet.services.cases.register.tally import overdue_of
from licet.wire.register import case_json
from licet.wire.secrecy import shipped_grounds


def overdue(*, withheld: bool) -> ShownCase:
    """A case with a condition that is overdue."""
    walked = granted(id="weekly-audit", text="They are audited.").wait(days=40)
    if withheld:
        fields = {"entry": 3, "field": "decision.promises", "secrecy": "security", "why": "So."}
        walked = walked.do("withhold", fields=fields)
    case = walked.case()
    tree = public(case, shipped_grounds(), whole="sha256:" + "4" * 64)
    return shown(case, tree, {}, walked.now)


def test_a_condition_that_is_withheld_is_named_in_no_list_and_on_no_page() -> None:
    case = overdue(withheld=True)
    (late,) = overdue_of(case)
    assert (late.what, late.due) == ("condition", None)
    (owed,) = case.obligations
    assert isinstance(owed.id, Hidden) and isinstance(owed.text, Hidden) and isinstance(owed.owner, Hidden)
    assert b"audit" not in case_page(case) + case_json(case)


def test_a_condition_that_is_public_is_named() -> None:
    case = overdue(withheld=False)
    (late,) = overdue_of(case)
    assert (late.what, late.due is None) == ("condition 3.weekly-audit", False)
    assert b"3.weekly-audit" in case_page(case) and b"3.weekly-audit" in case_json(case)
