"""Labels: a judge's hits and correct rejections, from CSV and JSON lines."""

from __future__ import annotations

import pytest

from licet.wire.sheet import SheetRejected
from licet.wire.trials.labels import Validation, read_labels
from licet.wire.trials.refusal import TrialsRejected

CSV = b"judge,item,said,truth\r\nregex/1,a,yes,yes\r\nregex/1,b,no,yes\r\nregex/1,c,yes,no\r\nllm/2,a,1,true\r\n"
JSON = (
    b'{"judge":"regex/1","item":"a","said":true,"truth":true}\n{"judge":"regex/1","item":"b","said":false,"truth":true}\n'
    b'{"judge":"regex/1","item":"c","said":true,"truth":false}\n{"judge":"llm/2","item":"a","said":true,"truth":true}\n'
)


@pytest.mark.parametrize("content", [CSV, JSON], ids=["csv", "json"])
def test_labels_are_counted_by_judge(content: bytes) -> None:
    assert read_labels(content.splitlines(keepends=True), file="l") == {
        "regex/1": Validation((1, 2), (0, 1)),
        "llm/2": Validation((1, 1), (0, 0)),
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "l:1:1: the first line names the columns judge, item, said, truth"),
        (b"judge,item,said\n", "l:1:1: the first line names the columns"),
        (b"judge,item,said,truth\n", "there are no labels"),
        (CSV.replace(b"c,yes,no", b"c,perhaps,no"), "l:4:11: this is `yes` or `no`"),
        (CSV.replace(b"regex/1,b", b"regex/1,a"), "l:3:9: `regex/1` judged `a` before"),
        (CSV + b"x,y\n", "the row has 2 cells, the header has 4"),
        (CSV.replace(b"regex/1,b", b",b"), "a name has 1 to 300 printable characters"),
        (CSV.replace(b"regex/1,b", b"\xff,b"), "is not UTF-8"),
    ],
)
def test_csv_that_is_not_in_order(content: bytes, said: str) -> None:
    with pytest.raises(SheetRejected) as caught:
        read_labels(content.splitlines(keepends=True), file="l")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (JSON.replace(b'"b","said":false', b'"b","said":"no"'), "l:2: expected `bool`"),
        (JSON.replace(b'"item":"b"', b'"item":"a"'), "l:2: `regex/1` judged `a` before"),
        (JSON.replace(b'"item":"b"', b'"item":"b","more":1'), "l:2: object contains unknown field `more`"),
        (b'{"judge":"' + b"x" * 20_000 + b'"}\n', "l:1: the line is longer than"),
        (b"{\n", "l:1: input data was truncated"),
    ],
)
def test_json_lines_that_are_not_in_order(content: bytes, said: str) -> None:
    with pytest.raises(TrialsRejected) as caught:
        read_labels(content.splitlines(keepends=True), file="l")
    assert said in str(caught.value)
