"""What is an extra is said to be one; a module of ours that is not there is a bug, and no extra would mend it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from licet.app.later import of_extra
from licet.app.world import HostWorld
from licet.cli.world import ExtraMissing


@pytest.fixture(name="module")
def _module(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that needs another one, which is not there."""
    (tmp_path / "needs_what_is_not_there.py").write_text(f"import {request.param}\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "needs_what_is_not_there"


@pytest.mark.parametrize("module", ["jinja3", "jinja3.sandbox", "licetx.pages"], indirect=True)
def test_what_somebody_else_made_and_is_not_installed_is_an_extra(module: str) -> None:
    with pytest.raises(ExtraMissing, match=r"^pages are an extra: `pip install 'licet\[pages\]'`$"):
        of_extra(module, "pages are", "pages")


@pytest.mark.parametrize("module", ["licet.pages.nowhere", "licet.nowhere.at_all"], indirect=True)
def test_what_is_ours_and_is_not_there_is_no_extra(module: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'licet\."):
        of_extra(module, "pages are", "pages")


def test_a_page_without_a_module_of_ours_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the world asks for one."""
    for each in [name for name in sys.modules if name.startswith("licet.pages")]:
        monkeypatch.delitem(sys.modules, each)
    monkeypatch.setitem(sys.modules, "licet.pages.blocks", None)
    with pytest.raises(ModuleNotFoundError):
        HostWorld().proof_page((), "title")
    monkeypatch.delitem(sys.modules, "licet.pages.blocks")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ExtraMissing, match="pages are an extra"):
        HostWorld().proof_page((), "title")
