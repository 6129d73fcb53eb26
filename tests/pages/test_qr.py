"""QR codes are read back by a reader that was written apart from them, and stay as other people's readers read them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from hashlib import sha256

import pytest

from licet.pages.qr import QUIET, Squares, qr, svg

ALPHABET = "openid4vp://?client_id=x509_hash%3A&request_uri=https%3A%2F%2F"
FLIPS = {
    0: lambda x, y: (x + y) % 2 == 0,
    1: lambda x, y: y % 2 == 0,
    2: lambda x, y: x % 3 == 0,
    3: lambda x, y: (x + y) % 3 == 0,
    4: lambda x, y: (x // 3 + y // 2) % 2 == 0,
    5: lambda x, y: x * y % 2 + x * y % 3 == 0,
    6: lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    7: lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
}
READ_ELSEWHERE = (
    (134, 41, "bd742512e1561b7a"),
    (154, 45, "037fe0099f010cb3"),
    (192, 49, "7ce69cf1ed8e08fc"),
    (230, 53, "f156b7d65259aef9"),
    (231, 57, "46a6d956cdd5323b"),
    (321, 61, "9300eee0089e9f26"),
    (367, 65, "865b7c8ef51f78a4"),
    (425, 69, "bbbab61f7c74685f"),
    (458, 73, "8a4a2fe46c63275b"),
    (520, 77, "51bc9f88614b1a3c"),
    (586, 81, "fe1c89da6f4143c5"),
    (644, 85, "3daa49879ecb4767"),
    (718, 89, "d67589b325623e62"),
    (792, 93, "b6a7fc1ebf1bc830"),
    (858, 97, "34efd1fb68837e52"),
)
"""Length, size and digest of codes of the versions 6 to 20 that `jsqr` 1.4 read."""


def text_of(length: int) -> str:
    """A text of so many letters."""
    return "".join(ALPHABET[at * 7 % len(ALPHABET)] for at in range(length))


def read(squares: Squares) -> str:
    """The text of a code of one block (versions 1 to 5), without correcting anything."""
    size = len(squares)
    version = (size - 17) // 4
    # the mask stands in the format bits 12 to 10, which are turned over by 101
    mask = sum(squares[8][x] << at for at, x in enumerate((4, 3, 2))) ^ 0b101
    mark = 4 * version + 10
    bits = ""
    x = size - 1
    up = True
    while x > 0:
        x -= x == 6
        for y in range(size - 1, -1, -1) if up else range(size):
            for column in (x, x - 1):
                timing = 6 in (column, y)
                corner = (column < 9 and (y < 9 or y > size - 9)) or (column > size - 9 and y < 9)
                aligned = version > 1 and abs(column - mark) < 3 and abs(y - mark) < 3
                if not (timing or corner or aligned):
                    bits += "01"[squares[y][column] != FLIPS[mask](column, y)]
        x, up = x - 2, not up
    assert bits[:4] == "0100", "bytes"
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode()


@pytest.mark.parametrize("length", [0, 1, 16, 17, 18, 32, 33, 53, 54, 78, 79, 106])
def test_a_code_is_read_back(length: int) -> None:
    assert read(qr(text_of(length))) == text_of(length)
    assert read(qr("ä" * (length // 2))) == "ä" * (length // 2)


@pytest.mark.parametrize(("length", "size", "digest"), READ_ELSEWHERE)
def test_codes_of_every_size_stay_as_they_were_read_elsewhere(length: int, size: int, digest: str) -> None:
    squares = qr(text_of(length))
    assert len(squares) == size and {len(row) for row in squares} == {size}
    assert sha256(bytes(each for row in squares for each in row)).hexdigest()[:16] == digest


def test_what_is_too_long() -> None:
    with pytest.raises(ValueError, match="859 bytes are more"):
        qr("x" * 859)


def test_the_picture_is_on_white_and_says_what_it_is() -> None:
    root = ElementTree.fromstring(svg("https://wallet.test/", "An <address> & more"))
    squares = qr("https://wallet.test/")
    assert root.attrib["viewBox"] == "0 0 {0} {0}".format(len(squares) + 2 * QUIET)
    assert root.attrib["role"] == "img" and root.attrib["aria-label"] == "An <address> & more"
    paper, ink = list(root)
    assert paper.attrib["fill"] == "#fff" and ink.attrib["fill"] == "#000"
    drawn = sum(map(int, re.findall(r"h([0-9]+)v1", ink.attrib["d"])))
    assert drawn == sum(map(sum, squares))
