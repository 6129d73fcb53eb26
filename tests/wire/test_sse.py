"""Where events end, in whatever pieces a stream comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.wire.sse import EventBoundary


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_an_event_is_closed_by_a_blank_line(end: bytes) -> None:
    events = EventBoundary()
    assert events.closed
    events.feed(b"data: x" + end[: len(end) // 2])
    assert not events.closed
    events.feed(end[len(end) // 2 :])
    assert events.closed


def test_the_rest_of_an_open_event() -> None:
    events = EventBoundary()
    events.feed(b"data: a\n\ndata: b\n")
    assert events.until_closed(b"\ndata: c\n\n") == b"\n"
    events.feed(b"data: b2")
    assert events.until_closed(b"x") is None


@given(st.lists(st.sampled_from([b"data: x", b"\n", b"\n\n", b"y", b":"]), min_size=1, max_size=12), st.data())
def test_pieces_do_not_matter(parts: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(parts)
    cut = data.draw(st.integers(0, len(whole)))
    pieces, once = EventBoundary(), EventBoundary()
    for piece in (whole[:cut], whole[cut:]):
        if piece:
            pieces.feed(piece)
    once.feed(whole)
    assert pieces.closed == once.closed
