"""An answer that safeguards read before its caller does: whole, or a stream in windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from licet.core.safeguards import Safeguard, Side
from licet.gate.safeguard.cascade import Cascades, Judged
from licet.gate.safeguard.events import Event, Events, Lane, NotJudgeable
from licet.gate.safeguard.passages import LONGEST, Readings, answer_readings, spellings
from licet.wire.failure import Failure
from licet.wire.journal import Led, Screened, Unjudged

WINDOW = 400
"""Characters of a stream that are held back, at most, before they are judged; an event is never split, so what its
last event has beyond that comes with it."""

CONTEXT = 2_000
"""Characters of each text before its window that are judged together with it."""

LARGEST_ANSWER = 8_388_608
"""Bytes of an answer that is no stream, at most."""


class Guarding:
    """The safeguards over one answer. What they say is remembered for the end's record: the most of each classifier.

    `failure` is None until some flag; `explain` words it.
    """

    def __init__(
        self, safeguards: Sequence[Safeguard], cascades: Cascades, explain: Callable[[Sequence[Judged]], Failure]
    ) -> None:
        self.failure: Failure | None = None
        self.seconds = sum(float(stage.seconds) for each in safeguards for stage in each.cascade)
        self._safeguards = tuple(safeguards)
        self._cascades = cascades
        self._explain = explain
        self._most: dict[tuple[str, str], Screened] = {}
        self._events = Events()
        self._held: list[Event] = []
        self._new = 0
        self._texts: dict[Lane, str] = {}
        self._touched: dict[Lane, None] = {}

    @property
    def said(self) -> tuple[Screened, ...]:
        """What each classifier said, the most of it."""
        return tuple(self._most.values())

    @property
    def blind(self) -> bool:
        """Whether what it flagged is nothing that anybody can read."""
        return self.failure is not None and all(each.why is Unjudged.UNREADABLE for each in self._most.values())

    async def passes(self, answer: bytes | None) -> bool:
        """Whether a whole answer may be passed on. None: it is larger than `LARGEST_ANSWER`."""
        return await self._judge(Unjudged.TOO_LONG if answer is None else answer_readings(answer))

    async def released(self, chunk: bytes, *, last: bool) -> bytes | None:
        """What may be passed on of a stream now, after another chunk of it; None: it was flagged, nothing more may."""
        try:
            self._hold(chunk, last=last)
        except NotJudgeable:
            await self._judge(Unjudged.UNREADABLE)
            return None
        if self._new >= WINDOW or (last and self._new):
            if not await self._judge(self._window()):
                return None
            self._forget()
        elif self._new:
            return b""
        found = b"".join(event.raw for event in self._held)
        self._held.clear()
        return found

    def _hold(self, chunk: bytes, *, last: bool) -> None:
        for event in self._events.feed(chunk):
            self._take(event)
        rest = self._events.rest() if last else None
        if rest is not None:
            self._take(rest)

    def _take(self, event: Event) -> None:
        self._held.append(event)
        for lane, text in event.texts:
            self._texts[lane] = self._texts.get(lane, "") + text
            self._touched[lane] = None
            self._new += len(text)

    def _window(self) -> Readings:
        """Every text that went on since the last window, from `CONTEXT` before that."""
        window = "\n".join(self._texts[lane] for lane in self._touched)
        return Unjudged.TOO_LONG if len(window) > LONGEST else spellings(window)

    def _forget(self) -> None:
        for lane in self._touched:
            self._texts[lane] = self._texts[lane][-CONTEXT:]
        self._touched.clear()
        self._new = 0

    async def _judge(self, readings: Readings) -> bool:
        judged = await self._cascades.judge_all(self._safeguards, readings, Side.ANSWER)
        for each in judged:
            for screened in each.said:
                self._remember(screened)
        flagging = tuple(each for each in judged if each.flags)
        self.failure = self._explain(flagging) if flagging else None
        return not flagging

    def _remember(self, screened: Screened) -> None:
        key = (screened.safeguard, screened.classifier)
        before = self._most.get(key)
        if before is None or weight(screened) >= weight(before):
            self._most[key] = screened


def weight(screened: Screened) -> tuple[int, float]:
    """By what it led to, then by its score."""
    return _ORDER.index(screened.led), float(screened.score or 0)


_ORDER = (Led.CLEARED, Led.ASKED_ON, Led.FLAGGED, Led.NOT_JUDGED)
