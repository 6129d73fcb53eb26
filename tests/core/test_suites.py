"""Documents of suites: what they become, in which one spelling, and how they are refused."""

from __future__ import annotations

import pytest

from licet.core.evidence.suite import Item, Suite
from licet.core.evidence.trial import Use
from licet.wire.documents import DocumentsRejectedError, Reading, SourceFile, read_files

PLAIN = """\
suite: words-2
items:
- {item: base64 1, family: base64}
- {item: "7", family: digits, use: benign, digest: "sha256:%s"}
""" % ("0" * 64)


def read(text: str) -> Reading:
    return read_files([SourceFile("suite.yaml", text.encode(), lambda _: None)])


def refused(text: str) -> str:
    with pytest.raises(DocumentsRejectedError) as error:
        read(text)
    return str(error.value)


def test_a_manifest_becomes_a_suite_of_items() -> None:
    [found] = read(PLAIN).documents.suites.values()
    assert found == Suite(
        "words-2",
        found.digest,
        (Item("base64 1", "base64", Use.PROHIBITED), Item("7", "digits", Use.BENIGN, "sha256:" + "0" * 64)),
    )
    assert found.families == ("base64", "digits")
    assert found.by_name["7"].use is Use.BENIGN


def test_attempts_and_what_it_stands_for() -> None:
    found = read(PLAIN + "attempts: 5\nstands_for: every word\n").documents.suites["words-2"]
    assert (found.attempts, found.stands_for) == (5, "every word")


def test_the_digest_is_of_the_canonical_form() -> None:
    """What is written with its default is the same; another order of items is another manifest."""
    written = PLAIN.replace("family: base64}", "family: base64, use: prohibited}")
    first, second = PLAIN.splitlines()[2:]
    turned = PLAIN.replace(f"{first}\n{second}", f"{second}\n{first}")
    digests = [read(text).documents.suites["words-2"].digest for text in (PLAIN, written, turned)]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('"7"', "base64 1", "suite.yaml:4:10: `base64 1` is listed twice"),
        ('"7"', "7", "suite.yaml:4:10: `7` is a number here; write it in quotes"),
        ('"7"', '" 7"', "neither begins nor ends with a space"),
        ("use: benign", "use: harmless", "`prohibited`, `high-risk dual use`, `low-risk dual use`, `benign`"),
        ("use: benign", "class: benign", "unknown key `class`"),
        (", family: base64}", "}", "`family` is missing"),
        ("sha256:0", "sha1:0", "`sha256:` and 64 hexadecimal digits"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(was: str, now: str, said: str) -> None:
    assert said in refused(PLAIN.replace(was, now))


def test_a_suite_without_items_is_none() -> None:
    assert "a list of items" in refused("suite: words\nitems: []\n")
    assert "attempts" not in refused("suite: words\n")
    assert "a whole number from 1" in refused(PLAIN + "attempts: 0\n")


def test_two_manifests_of_one_name_are_an_error() -> None:
    assert "exists already with another content" in refused(f"{PLAIN}---\n{PLAIN}attempts: 2\n")
