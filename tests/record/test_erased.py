"""A claim about decisions on somebody who was erased since: not shown, whatever the facts would have made of them."""

from __future__ import annotations

import pytest
from tests.record.june_log import CITIZEN, CLAIM, FOREIGNER, ORDERED, Sealed, decision, end, file_of

from licet.record.claims.claim import Outcome
from licet.record.claims.enforcement import check_claim
from licet.record.sealed.facts import SubjectLeaf


@pytest.mark.parametrize("erased", [CITIZEN, FOREIGNER])
def test_a_decision_on_somebody_who_was_erased_is_neither_right_nor_wrong(erased: SubjectLeaf) -> None:
    at = ORDERED + (CLAIM.until - ORDERED) / 2
    nobody = SubjectLeaf(erased.subject, None, None, ())
    records = [decision(1, at, CITIZEN), end(1, at), decision(2, at, FOREIGNER), end(2, at)]
    others = [leaf for leaf in (CITIZEN, FOREIGNER) if leaf is not erased]
    world = Sealed().seal(file_of(records), leaves=tuple(sorted((nobody, *others), key=lambda leaf: leaf.subject)))
    found = check_claim(CLAIM, world.read, world.open)
    assert found.outcome is Outcome.NOT_SHOWN
    assert found.violated == 0
    assert any("nothing is known any more of its subject" in each.why for each in found.missing)
