"""Pseudonyms of subjects in journal and record, over several generations of keys. `spec/pseudonyms.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Protocol

from licet.core.errors import LicetError
from licet.services.keys import pseudonym


class PseudonymsRefused(LicetError):
    """A generation that cannot be made or destroyed as asked; the message says why and what is allowed."""


class Generations(Protocol):
    """The keys of pseudonyms, by generation. Each call reads what is there now. Raises `StoreUnavailable`."""

    def current(self) -> tuple[int, bytes]:
        """The newest generation and its key (32 bytes): it names subjects in new records of the journal."""

    def all(self) -> Mapping[int, bytes]:
        """Every generation that was not destroyed, oldest first."""

    def rotate(self, random_bytes: Callable[[int], bytes]) -> int:
        """Make the next generation, durably; its number, which no other ever had."""

    def check_destroyable(self, number: int) -> None:
        """Raises `PseudonymsRefused` for the newest, one that is not there, and the installation's secret."""

    def destroy(self, number: int) -> None:
        """Destroy a generation's key for good. Raises as `check_destroyable`."""


def pseudonyms(generations: Generations, subject: str) -> tuple[str, ...]:
    """What journal and record may call a subject, the newest name first."""
    return naming(generations)(subject)


def naming(generations: Generations) -> Callable[[str], tuple[str, ...]]:
    """The same for many subjects: the keys are read once."""
    keys = tuple(key for _, key in sorted(generations.all().items(), reverse=True))
    return lambda subject: tuple(pseudonym(key, subject) for key in keys)


def led_back(generations: Generations, subjects: Iterable[str]) -> dict[str, str]:
    """Whom each pseudonym of these subjects stands for, by every generation that is there."""
    keys = tuple(generations.all().values())
    return {pseudonym(key, subject): subject for subject in subjects for key in keys}


def same_subject(generations: Generations, names: Callable[[], Iterable[str]]) -> Callable[[str], frozenset[str]]:
    """Leads from one pseudonym to all that its subject has or had; to itself alone where nobody is known by it.

    `names` are the names of all subjects; they are gone through once for each pseudonym.
    """

    @cache
    def found(mark: str) -> frozenset[str]:
        keys = tuple(generations.all().values())
        for name in names():
            marks = {pseudonym(key, name) for key in keys}
            if mark in marks:
                return frozenset(marks)
        return frozenset((mark,))

    return found
