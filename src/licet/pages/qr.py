"""A text as a QR code (ISO/IEC 18004, model 2): bytes, error correction L, versions 1 to 20; as squares, and as SVG."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from markupsafe import Markup

QUIET = 4
"""Modules of white around it (section 9.1)."""

LARGEST_VERSION = 20
CHECK_PER_BLOCK = (0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28)
BLOCKS = (0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8)
"""By version, for error correction L (table 9)."""

MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda x, y: (x + y) % 2,
    lambda _, y: y % 2,
    lambda x, _: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
"""Modules for which one is 0 are turned over (table 10)."""

Squares = list[list[bool]]
"""Rows of modules; True is dark."""


def svg(text: str, label: str) -> Markup:
    """A code on white, whatever the page around it; `label` says what it is to those who do not see it."""
    squares = qr(text)
    size = len(squares) + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z" for x, y, width in _runs(squares))
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>'
    ).format(size, label, path)


def qr(text: str) -> Squares:
    """The smallest code that holds a text. Raises `ValueError` for one past 858 bytes."""
    data = text.encode()
    version = next((each for each in range(1, LARGEST_VERSION + 1) if _fits(len(data), each)), None)
    if version is None:
        raise ValueError(f"{len(data)} bytes are more than a code of version {LARGEST_VERSION} holds")
    words = _interleaved(_words(data, version), version)
    drawn = [_Drawing(version).masked(words, number) for number in range(len(MASKS))]
    return min(drawn, key=_penalty)


def _fits(length: int, version: int) -> bool:
    return 4 + _count_bits(version) + 8 * length <= 8 * _data_words(version)


def _count_bits(version: int) -> int:
    return 8 if version < 10 else 16


def _raw_modules(version: int) -> int:
    """Modules that are no pattern (section 7.7)."""
    found = (16 * version + 128) * version + 64
    if version >= 2:
        marks = version // 7 + 2
        found -= (25 * marks - 10) * marks - 55
    return found - 36 if version >= 7 else found


def _data_words(version: int) -> int:
    return _raw_modules(version) // 8 - CHECK_PER_BLOCK[version] * BLOCKS[version]


def _words(data: bytes, version: int) -> bytes:
    """Mode, length, bytes, and what fills them up (sections 7.4.5 and 7.4.10)."""
    count = _count_bits(version)
    bits = f"{4:04b}{len(data):0{count}b}" + "".join(f"{each:08b}" for each in data)
    room = 8 * _data_words(version)
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    found = bytearray(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    while len(found) < room // 8:
        found.append(0x11 if len(found) % 2 == (len(bits) // 8 + 1) % 2 else 0xEC)
    return bytes(found)


def _interleaved(words: bytes, version: int) -> bytes:
    """Blocks with their check words, one word of each after the other (section 7.6)."""
    blocks, check, raw = BLOCKS[version], CHECK_PER_BLOCK[version], _raw_modules(version) // 8
    short, length = blocks - raw % blocks, raw // blocks - check
    parts, at = [], 0
    for number in range(blocks):
        end = at + length + (number >= short)
        parts.append(words[at:end])
        at = end
    generator = _generator(check)
    checks = [_remainder(part, generator) for part in parts]
    found = [part[i] for i in range(length + 1) for part in parts if i < len(part)]
    return bytes(found + [each[i] for i in range(check) for each in checks])


def _times(one: int, other: int) -> int:
    """A product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    found = 0
    for place in range(7, -1, -1):
        found = (found << 1) ^ ((found >> 7) * 0x11D)
        found ^= ((other >> place) & 1) * one
    return found


def _generator(degree: int) -> list[int]:
    """The Reed-Solomon generator, without its leading one (annex A)."""
    found, root = [0] * (degree - 1) + [1], 1
    for _ in range(degree):
        for at in range(degree):
            found[at] = _times(found[at], root) ^ (found[at + 1] if at + 1 < degree else 0)
        root = _times(root, 2)
    return found


def _remainder(words: bytes, generator: list[int]) -> list[int]:
    found = [0] * len(generator)
    for each in words:
        factor = each ^ found.pop(0)
        found.append(0)
        found = [one ^ _times(other, factor) for one, other in zip(found, generator, strict=True)]
    return found


class _Drawing:
    """A code whose patterns are drawn; `fixed` are the modules that no data may take."""

    def __init__(self, version: int) -> None:
        self.size = version * 4 + 17
        self.dark = [[False] * self.size for _ in range(self.size)]
        self.fixed = [[False] * self.size for _ in range(self.size)]
        for at in range(self.size):
            self._set(6, at, at % 2 == 0)
            self._set(at, 6, at % 2 == 0)
        for x, y in ((3, 3), (self.size - 4, 3), (3, self.size - 4)):
            self._rings(x, y, 4, (2, 4))
        marks = _marks(version, self.size)
        corners = {(6, 6), (6, self.size - 7), (self.size - 7, 6)}
        for x, y in ((x, y) for x in marks for y in marks if (x, y) not in corners):
            self._rings(x, y, 2, (1,))
        self._format(0)
        if version >= 7:
            self._version(version)

    def masked(self, words: bytes, mask: int) -> Squares:
        """The words in their places, turned over by a mask."""
        bits = iter("".join(f"{each:08b}" for each in words))
        for x, y in self._places():
            self.dark[y][x] = (next(bits, "0") == "1") != (MASKS[mask](x, y) == 0)
        self._format(mask)
        return self.dark

    def _places(self) -> Iterator[tuple[int, int]]:
        """Where data go: columns of two, up and down, from the right (section 7.7.3)."""
        for right in range(self.size - 1, 0, -2):
            edge = right - 1 if right <= 6 else right
            upward = (edge + 1) & 2 == 0
            for y in range(self.size - 1, -1, -1) if upward else range(self.size):
                for x in (edge, edge - 1):
                    if not self.fixed[y][x]:
                        yield x, y

    def _rings(self, x: int, y: int, reach: int, light: tuple[int, ...]) -> None:
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                if 0 <= x + dx < self.size and 0 <= y + dy < self.size:
                    self._set(x + dx, y + dy, max(abs(dx), abs(dy)) not in light)

    def _format(self, mask: int) -> None:
        """Error correction and mask, twice (section 7.9)."""
        data = 1 << 3 | mask
        rest = data
        for _ in range(10):
            rest = (rest << 1) ^ ((rest >> 9) * 0x537)
        bits = [bool(((data << 10 | rest) ^ 0x5412) >> at & 1) for at in range(15)]
        size = self.size
        first = [(8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)] + [(x, 8) for x in (7, 5, 4, 3, 2, 1, 0)]
        second = [(size - 1 - at, 8) for at in range(8)] + [(8, size - 15 + at) for at in range(8, 15)]
        for places in (first, second):
            for (x, y), bit in zip(places, bits, strict=True):
                self._set(x, y, bit)
        self._set(8, size - 8, True)

    def _version(self, version: int) -> None:
        """The version, twice (section 7.10)."""
        rest = version
        for _ in range(12):
            rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
        for at in range(18):
            bit = bool((version << 12 | rest) >> at & 1)
            far, near = self.size - 11 + at % 3, at // 3
            self._set(far, near, bit)
            self._set(near, far, bit)

    def _set(self, x: int, y: int, dark: bool) -> None:
        self.dark[y][x] = dark
        self.fixed[y][x] = True


def _marks(version: int, size: int) -> list[int]:
    """Where alignment patterns have their middles (annex E)."""
    if version == 1:
        return []
    number = version // 7 + 2
    step = (version * 8 + number * 3 + 5) // (number * 4 - 4) * 2
    return [6, *(size - 7 - at * step for at in range(number - 2, -1, -1))]


def _penalty(squares: Squares) -> int:
    """How hard a code is to read: long runs, blocks of one colour, too much of one (section 7.8.3)."""
    lines = [*squares, *(list(column) for column in zip(*squares, strict=True))]
    runs = sum(length - 2 for line in lines for length in _lengths(line) if length >= 5)
    pairs = itertools.pairwise(squares)
    blocks = sum(a[x] == a[x + 1] == b[x] == b[x + 1] for a, b in pairs for x in range(len(a) - 1))
    share = sum(map(sum, squares)) / len(squares) ** 2
    return runs + 3 * blocks + 10 * int(abs(share - 0.5) * 20)


def _lengths(line: list[bool]) -> Iterator[int]:
    length = 1
    for before, after in itertools.pairwise(line):
        if before == after:
            length += 1
        else:
            yield length
            length = 1
    yield length


def _runs(squares: Squares) -> Iterator[tuple[int, int, int]]:
    """Dark modules beside each other: column, row and length."""
    for y, row in enumerate(squares):
        x = 0
        for length in _lengths(row):
            if row[x]:
                yield x, y, length
            x += length
