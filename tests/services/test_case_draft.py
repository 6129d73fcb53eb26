"""The draft of a decision that writes a licence: from the authority's next day, for whole years."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.cases.walking import Walk, shipped

from licet.services.cases.draft import draft
from licet.wire import yaml


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        (datetime(2026, 6, 12, 21, 21, tzinfo=UTC), "2026-06-13T00:00:00-04:00", "2030-06-13T00:00:00-04:00"),
        (datetime(2026, 7, 30, 12, tzinfo=UTC), "2026-07-31T00:00:00-04:00", "2030-07-31T00:00:00-04:00"),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), "2027-01-01T00:00:00-05:00", "2031-01-01T00:00:00-05:00"),
        (datetime(2027, 1, 1, 3, tzinfo=UTC), "2027-01-01T00:00:00-05:00", "2031-01-01T00:00:00-05:00"),
        (datetime(2028, 2, 28, 12, tzinfo=UTC), "2028-02-29T00:00:00-05:00", "2032-02-29T00:00:00-05:00"),
    ],
)
def test_a_licence_is_drafted_from_the_next_day_and_for_four_years(now: datetime, begins: str, ends: str) -> None:
    terms = drafted(now)["terms"]
    assert (terms["from"], terms["until"]) == (begins, ends)
    assert now < datetime.fromisoformat(begins), "nothing is permitted for what is over"


def test_a_day_that_the_year_does_not_have_is_the_last_of_its_month() -> None:
    assert drafted(datetime(2028, 2, 28, 12, tzinfo=UTC))["terms"]["review_by"] == "2029-02-28T00:00:00-05:00"


def drafted(now: datetime) -> dict[str, dict[str, str]]:
    law = shipped()
    procedure = next(each for each in law.procedures.values() if each.name.startswith("licence_application@"))
    case = Walk(law, procedure).do("register").case()
    text = draft(case, procedure.events["grant"], law.catalogues(procedure), now, then="licet case decide")
    (document,) = yaml.read("draft.yaml", text.encode())
    assert isinstance(document.tree, dict)
    tree: dict[str, dict[str, str]] = document.tree
    return tree
