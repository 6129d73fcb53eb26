"""`licet case destroy` and `licet case list --destroyable`: who may, what is refused and why, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.test_cases import CASE, desk, opened  # noqa: F401 - fixtures

from licet.adapters.calendars import Holidays
from licet.adapters.store import open_store
from licet.cases.derive import derive
from licet.core.cases.entry import Entry
from licet.services.cases.indexing import due_of, row_of
from licet.services.cases.laws import law_of
from licet.services.cases.ports import Opened, Opening

if TYPE_CHECKING:
    from tests.cli.conftest import Said

Officers = Callable[..., "Said"]
LONG_AGO = datetime(2019, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def kept(opened: Officers) -> Officers:  # noqa: F811
    """`C-1` is open; `C-2` was withdrawn in 2019."""
    (state,) = Path.cwd().rglob("licet.db")
    store = open_store(state.parent, LONG_AGO)
    law = law_of(store, Holidays(), LONG_AGO)
    digest = law.procedure("licence_application").digest
    fields = {"organisation": "zeta", "contact": "Zed", "models": ["small"], "orders": ["o"], "purpose": "one purpose"}
    file = Entry(1, "register", "applicant", "ann", LONG_AGO, LONG_AGO, fields, party="zeta")
    back = Entry(2, "withdraw", "applicant", "ann", LONG_AGO, LONG_AGO, {}, party="zeta")
    case = derive(law.engine, "C-2", digest, (file, back), LONG_AGO)
    made = Opened(Opening(digest, file, b"b" * 32), row_of(case), due_of(case), following=(back,))
    store.open_cases([made], [], actor="ann", at=LONG_AGO)
    store.close()
    return opened


def test_what_need_not_be_kept_is_listed_and_destroyed_by_two(kept: Officers) -> None:
    listed = kept("ann", "case", "list", "--destroyable", "--json")
    assert [each["case"] for each in listed.tree["cases"]] == ["C-2"]
    asked = kept("ann", "case", "destroy", "C-2", "--reason", "kept for five years", "--json")
    assert (asked.tree["state"], asked.tree["result"]) == ("open", {})
    assert kept("ann", "case", "show", "C-2").code == 0
    assert kept("ann", "approve", asked.tree["act"]).code == 1, "not by the one who proposed it"
    done = kept("ben", "approve", asked.tree["act"], "--json")
    assert done.tree["result"] == {"destroyed": ["C-2"], "left": []}
    assert "was destroyed" in kept("ann", "case", "show", "C-2").err
    assert "was destroyed" in kept("ann", "case", "destroy", "C-2", "--reason", "x").err
    assert "no case may be destroyed now" in kept("ann", "case", "list", "--destroyable").out
    assert "zeta" not in kept("ann", "case", "list", "--json").out


def test_a_refusal_says_everything_that_keeps_a_case(kept: Officers) -> None:
    assert kept("ann", "case", "hold", "C-1", "grand-jury", "--why", "subpoena").code == 0
    said = kept("ann", "case", "destroy", "C-1", "C-2", "--reason", "x")
    assert said.code == 2
    assert "`C-1`: the legal hold `grand-jury` is on it (subpoena)" in said.err
    assert "`C-1`: it is open, in `registered`" in said.err
    assert "`C-1`: it is kept until " in said.err
    assert ": 5 years after its latest event" in said.err
    assert "`C-2`: " not in said.err
    assert kept("ann", "case", "show", "C-2").code == 0, "all or none"
    assert "there is no case `C-9`" in kept("ann", "case", "destroy", "C-9", "--reason", "x").err


def test_a_hold_that_came_meanwhile_keeps_it_when_it_is_approved(kept: Officers) -> None:
    asked = kept("ann", "case", "destroy", "C-2", "--reason", "x", "--json")
    assert kept("ben", "case", "hold", "C-2", "inquiry", "--why", "asked for").code == 0
    refused = kept("ben", "approve", asked.tree["act"])
    assert refused.code != 0
    assert "the legal hold `inquiry` is on it" in refused.err
    assert kept("ann", "case", "show", "C-2").code == 0
