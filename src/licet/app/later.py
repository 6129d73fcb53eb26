"""Modules of ours that are imported when they are first needed: what only some commands use, and what extras bring."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from licet.cli.world import ExtraMissing

OURS: Final = __name__.partition(".")[0]


def later(module: str) -> Any:
    """A module of ours that is imported now, and not when the program starts."""
    return import_module(module)


def of_extra(module: str, what: str, extra: str) -> Any:
    """The same, of a module that needs what an extra brings. `what` is said of it, as in `pages are`.

    Raises `ExtraMissing` where somebody else's module is not installed. Where one of ours is not there, no extra would
    bring it, and the `ModuleNotFoundError` stays what it is: a bug, or an installation that is broken.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == OURS:
            raise
        raise ExtraMissing(f"{what} an extra: `pip install 'licet[{extra}]'`") from error
