"""Licet's own lines of trials, read: `spec/trials.md`, section Lines.

Whole blocks are decoded at once, into structures that are checked while they are decoded, so that a million lines take
about three seconds. Only a block in which something is odd is read again line by line, to say what it is, and where.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from licet.core.evidence.trial import Source, Trial
from licet.wire.trials.naming import outside
from licet.wire.trials.plain_form import FORMAT, HEAD_LIMIT, LINE_LIMIT, End, Head, Line, hole_of, source_of
from licet.wire.trials.reading import Reading, changed
from licet.wire.trials.refusal import Problems, refused
from licet.wire.trials.scales import two_scales

STRUCTURE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_plain(blocks: Iterable[bytes], *, file: str) -> Reading:
    """The trials of a file, given as its bytes in blocks of any size.

    Raises `TrialsRejected` with every problem, by its line. That the file is not what its last line says, it tells as
    a hole: what it holds can be read, but it is not what was converted.
    """
    reader = _Reader(file)
    for block in blocks:
        reader.feed(block)
    return reader.end()


class _Reader:
    """A file as it comes in."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems = Problems(file)
        self._pending = b""
        self._line = 0
        self._head: Head | None = None
        self._end: End | None = None
        self._before_end = ""
        self._digest = hashlib.sha256()
        self._trials = _Trials(self._problems)

    def feed(self, block: bytes) -> None:
        """Some more bytes."""
        data = self._pending + block
        cut = data.rfind(b"\n") + 1
        self._pending = data[cut:]
        if len(self._pending) > (LINE_LIMIT if self._head else HEAD_LIMIT):
            raise refused(self._file, "the line is too long", self._line + data[:cut].count(b"\n") + 1)
        if cut:
            self._lines(data[:cut])

    def end(self) -> Reading:
        """What there was. Raises `TrialsRejected`."""
        if self._pending:
            self._problems.add(self._line + 1, "the last line has no line feed: the file is cut short")
        elif self._head is None:
            self._problems.add(0, f'the file is empty; its first line is `{{"trials":"{FORMAT}"}}`')
        elif self._head.sources and self._end is None:
            self._problems.add(0, 'the last line, `{"end":…}`, is not there: the file is cut short')
        self._trials.check_names()
        self._problems.check()
        assert self._head is not None
        return self._reading(self._head, self._trials.trials)

    def _reading(self, head: Head, trials: list[Trial]) -> Reading:
        digest = f"sha256:{self._digest.hexdigest()}"
        holes = [*map(hole_of, head.holes)]
        if self._end is not None and (self._end.end.digest, self._end.end.trials) != (self._before_end, len(trials)):
            holes.append(
                changed(f"`{self._file}` was changed after it was written: its last line is about other bytes")
            )
        if not head.sources:
            self._trials.give_source(digest)
            return Reading((Source(self._file, digest, "lines", len(trials)),), trials, tuple(holes))
        sources = tuple(source_of(line, digest) for line in head.sources)
        counts = self._trials.by_source
        for source in sources:
            if counts.get(source.digest, 0) != source.trials:
                said = f"`{source.file}` gave {source.trials} trials; there are {counts.get(source.digest, 0)} of it"
                holes.append(changed(said))
        return Reading(sources, trials, tuple(holes))

    def _lines(self, lines: bytes) -> None:
        if self._head is None:
            first, lines = lines[: lines.index(b"\n") + 1], lines[lines.index(b"\n") + 1 :]
            self._begin(first)
            if not lines:
                return
        found = None if self._end else _all_in_order(lines)
        if found is None:
            self._one_by_one(lines)
            return
        self._digest.update(lines)
        self._trials.add(found, self._line + 1)
        self._line += len(found)

    def _begin(self, line: bytes) -> None:
        self._line += 1
        self._digest.update(line)
        try:
            self._head = _head_decoder.decode(line)
        except STRUCTURE_ERRORS as error:
            said = f'the first line is no head of trials, `{{"trials":"{FORMAT}"}}`: {lower(error)}'
            raise refused(self._file, said, 1) from None
        if self._head.trials != FORMAT:
            raise refused(self._file, f"the format is `{self._head.trials[:40]}`; this reads `{FORMAT}`", 1)
        digests = [source.digest for source in self._head.sources]
        if len(set(digests)) != len(digests):
            raise refused(self._file, "a source is named twice", 1)
        self._trials.from_sources(digests)

    def _one_by_one(self, lines: bytes) -> None:
        """A block with something odd in it: an end, or a problem."""
        for line in lines.splitlines(keepends=True) if b"\r" not in lines else _split(lines):
            self._line += 1
            if self._end is not None:
                self._problems.add(self._line, 'the file goes on after its last line, `{"end":…}`')
            elif line.startswith(b'{"end"'):
                self._finish(line)
            else:
                self._one(line)
            self._digest.update(line)

    def _one(self, line: bytes) -> None:
        try:
            if len(line) > LINE_LIMIT:
                raise msgspec.DecodeError(f"the line is longer than {LINE_LIMIT} bytes")
            found = _line_decoder.decode(line)
            keys = _keys_decoder.decode(line)
        except STRUCTURE_ERRORS as error:
            self._problems.add(self._line, lower(error))
            return
        if len(keys) != _keys_written(line):
            self._problems.add(self._line, "a key is there twice")
        self._trials.add([found], self._line)

    def _finish(self, line: bytes) -> None:
        self._before_end = f"sha256:{self._digest.hexdigest()}"
        try:
            self._end = _end_decoder.decode(line)
        except STRUCTURE_ERRORS as error:
            self._problems.add(self._line, lower(error))


class _Trials:
    """Trials as they are made from lines."""

    def __init__(self, problems: Problems) -> None:
        self.trials: list[Trial] = []
        self.by_source: dict[str, int] = {}
        self._problems = problems
        self._names: dict[Any, Any] = {}
        self._scores: dict[float | None, float | None] = {}
        self._scales: dict[str, tuple[float, float]] = {}
        self._sources: dict[str, str] = {"": ""}

    def from_sources(self, digests: Sequence[str]) -> None:
        """The digests that lines may name; the only one, where none is named."""
        if digests:
            self._sources = {digest: digest for digest in digests}
            if len(digests) == 1:
                self._sources[""] = digests[0]

    def check_names(self) -> None:
        """Names are printable: each was kept once, so each is looked at once."""
        for name in self._names:
            if name is not None and not name.isprintable():
                self._problems.add(0, f"{name[:40]!a} holds characters that are not printable")

    def give_source(self, digest: str) -> None:
        """All trials come from this file itself, whose digest is known only at its end."""
        for trial in self.trials:
            _source(trial, digest)

    def add(self, lines: Sequence[Line], first: int) -> None:
        """The trials of some lines, of which the first has this number."""
        scale_of, source_of_, count = self._scales.get, self._sources.get, self.by_source
        share, share_score, keep, fill = self._names.setdefault, self._scores.setdefault, self.trials.append, _fill
        for number, line in enumerate(lines, first):
            metric, score = line.metric, line.score
            scale = scale_of(metric)
            if scale is None or line.low != scale[0] or line.high != scale[1]:
                scale = self._scale(line, number, scale)
            if score is not None and not scale[0] <= score <= scale[1]:
                self._problems.add(number, outside(score, metric, scale))
            source = source_of_(line.source)
            if source is None:
                source = self._no_source(line, number)
            count[source] = count.get(source, 0) + 1
            keep(fill(line, share, share_score(score, score), scale, source))

    def _scale(self, line: Line, number: int, known: tuple[float, float] | None) -> tuple[float, float]:
        own = (line.low, line.high)
        if own[0] >= own[1]:
            self._problems.add(number, f"the scale of `{line.metric}` goes from {own[0]:g} to {own[1]:g}")
        elif known is not None:
            self._problems.add(number, two_scales(line.metric, known, own))
        self._scales.setdefault(line.metric, own)
        return own

    def _no_source(self, line: Line, number: int) -> str:
        said = "the line names a source that the first line does not" if line.source else "the line names no source"
        self._problems.add(number, f"{said}; with several sources each line names one by its digest")
        return line.source


def _fill(
    line: Line, share: Callable[[Any, Any], Any], score: float | None, scale: tuple[float, float], source: str
) -> Trial:
    """A trial. It is frozen, and its constructor costs three times what decoding does: so the slots of a new one, which
    nobody has seen yet, are filled directly here, and nowhere else.
    """
    trial = _new(Trial)
    _suite(trial, share(line.suite, line.suite))
    _item(trial, share(line.item, line.item))
    _arm(trial, share(line.arm, line.arm))
    _came(trial, line.came)
    _score(trial, score)
    _family(trial, share(line.family, line.family))
    _use(trial, line.use)
    _attempt(trial, line.attempt)
    _model(trial, share(line.model, line.model))
    _metric(trial, share(line.metric, line.metric))
    _low(trial, scale[0])
    _high(trial, scale[1])
    _judge(trial, share(line.judge, line.judge))
    _limit(trial, line.limit)
    _tokens(trial, line.tokens)
    _seconds(trial, line.seconds)
    _content(trial, line.content and share(line.content, line.content))
    _invalid(trial, line.invalid)
    _source(trial, source)
    return trial


def _setters(*names: str) -> list[Callable[[Trial, object], None]]:
    return [Trial.__dict__[name].__set__ for name in names]


def _all_in_order(lines: bytes) -> list[Line] | None:
    """The lines of a block; None if there is anything odd, which reading them one by one will tell or clear up.

    Msgspec keeps the last of two equal keys: as many keys as were read are in the text only if there are no two. What
    is as it is by default is not written again; where that was written out, the keys themselves are counted.
    """
    try:
        found = _line_decoder.decode_lines(lines)
    except STRUCTURE_ERRORS:
        return None
    again = _encoder.encode_lines(found)
    if again == lines:
        return found
    if len(found) != lines.count(b"\n") or _spaced.search(lines):
        return None
    keys = lines.count(b'":')
    if keys != again.count(b'":') and keys != sum(map(len, _keys_decoder.decode_lines(lines))):
        return None
    return found


def _keys_written(line: bytes) -> int:
    """How many keys a line has, twice the same counted twice. Only strings that are keys are followed by a colon."""
    return len(_key.findall(line))


def _split(lines: bytes) -> list[bytes]:
    """Lines end with a line feed, and with nothing else."""
    return [line + b"\n" for line in lines.split(b"\n")[:-1]]


def lower(error: Exception) -> str:
    """What an error of a decoder says, as ours begin."""
    text = str(error)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_line_decoder = msgspec.json.Decoder(Line)
_head_decoder = msgspec.json.Decoder(Head)
_end_decoder = msgspec.json.Decoder(End)
_keys_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()
_spaced = re.compile(rb'"[ \t\r]+:|\r')
_key = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"\s*:')
_new = Trial.__new__
_suite, _item, _arm, _came, _score, _family, _use = _setters("suite", "item", "arm", "came", "score", "family", "use")
_attempt, _model, _metric, _low, _high, _judge = _setters("attempt", "model", "metric", "low", "high", "judge")
_limit, _tokens, _seconds, _content = _setters("limit", "tokens", "seconds", "content")
_invalid, _source = _setters("invalid", "source")
