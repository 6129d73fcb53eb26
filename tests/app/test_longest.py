"""In several processes, the files that take longest begin first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from tests.conftest import HERE, LONGEST, pytest_collection_modifyitems


def test_the_longest_are_files_and_named_once() -> None:
    assert [name for name in LONGEST if not (HERE / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


def test_in_several_processes_the_longest_begin_and_alone_nothing_moves() -> None:
    first, second = (SimpleNamespace(path=HERE / name) for name in LONGEST[:2])
    others = [SimpleNamespace(path=Path(__file__)), SimpleNamespace(path=HERE / "core" / "test_annex.py")]
    asked = [others[0], second, others[1], first]
    alone, several = list(asked), list(asked)
    pytest_collection_modifyitems(SimpleNamespace(), alone)  # type: ignore[arg-type]
    pytest_collection_modifyitems(SimpleNamespace(workerinput={}), several)  # type: ignore[arg-type]
    assert (alone, several) == (asked, [first, second, *others])
