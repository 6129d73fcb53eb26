"""Lists that one entry cannot hold: their parts, which follow each other in the log, joined again."""

from __future__ import annotations

from licet.record.log.entries import ListPart, digest_of
from licet.record.refusal import NotProven


class Joining:
    """The parts of the list that is being read. A first part begins anew, whatever came before."""

    def __init__(self) -> None:
        self._at = -1
        self._last: ListPart | None = None
        self._texts: list[str] = []

    def take(self, at: int, part: ListPart) -> bytes | None:
        """The bytes of the whole list, if this entry is its last part.

        Raises `NotProven` for a part that does not follow the one before it, and parts that do not join to their list.
        """
        last, before = self._last, self._at
        self._at, self._last = at, None
        if part.part == 1:
            self._texts = []
        elif last is None or before != at - 1 or part.part != last.part + 1 or part.parts != last.parts:
            raise NotProven(f"entry {at}", f"part {part.part} of a list without part {part.part - 1} just below it")
        elif part.digest != last.digest:
            raise NotProven(f"entry {at}", f"part {part.part} of another list than the part just below it")
        self._texts.append(part.text)
        if part.part < part.parts:
            self._last = part
            return None
        content = "".join(self._texts).encode()
        if digest_of(content) != part.digest:
            raise NotProven(f"entry {at}", f"the parts of the list join to {digest_of(content)}, not {part.digest}")
        return content
