"""What the program loads before it knows what it is asked for: little, so that it is there at once."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from licet.cli.terminal.exits import ERRORS, Exit, Misnamed, kind_of
from licet.core.errors import LicetError
from licet.services.ports import StoreConflict

HEAVY = {"cryptography", "yaml", "msgspec", "sqlalchemy", "uvicorn", "rfc8785", "duckdb", "z3", "jinja2"}

LOADED = """
import sys
from licet.app.world import HostWorld
from licet.cli.main import run
run(HostWorld(), ["--help"])
sys.stderr.write("\\n".join(sys.modules))
"""


def test_help_loads_nothing_that_it_does_not_show() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split("\n"))
    assert "licet.cli.root" in loaded
    assert "Exit codes" in done.stdout
    assert loaded & HEAVY == set()
    assert {each for each in loaded if each.startswith(("licet.services", "licet.record", "licet.wire"))} == set()


@pytest.mark.parametrize("name", [name for name, _, _ in ERRORS])
def test_every_error_of_the_table_is_there(name: str) -> None:
    module, _, word = f"licet.{name}".rpartition(".")
    kind = getattr(import_module(module), word)
    assert issubclass(kind, LicetError)
    assert (kind.__module__, kind.__qualname__) == (module, word)


def test_an_error_is_known_by_what_it_is_a_kind_of() -> None:
    class Narrower(StoreConflict):
        """Some conflict."""

    assert kind_of(Narrower("x")) == ("conflict", Exit.STATE)
    assert kind_of(Misnamed("x")) == ("misnamed", Exit.USAGE)
    assert kind_of(LicetError("x")) == ("state", Exit.STATE)
