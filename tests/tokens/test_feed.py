from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.tokens.feed import MAX_LINE, FeedReader, Reset, encode
from ringwall.tokens.revocation import KINDS, Beat, Revocation


def entry(seq: int, kind: str = "sub", value: str = "ann") -> Revocation:
    return Revocation(seq, kind, value, 100.0, 700.0)


def read(data: bytes, after: int = 0) -> list:
    return list(FeedReader(after).receive(data))


log = st.lists(
    st.builds(
        lambda kind, value: (kind, "" if kind == "all" else value),
        st.sampled_from(KINDS),
        st.text(min_size=1, max_size=9),
    ),
    max_size=6,
)


@given(log, st.lists(st.integers(0, 600)), st.integers(0, 10**12))
def test_what_is_written_is_read_however_it_is_cut(log, cuts, after):
    events: list = [Beat(after, 1.5)]
    for place, (kind, value) in enumerate(log, after + 1):
        events += [entry(place, kind, value), Beat(place, 2.5)]
    stream = b"".join(map(encode, events))
    reader, got, places = FeedReader(after), [], sorted({0, *cuts, len(stream)})
    for start, end in itertools.pairwise(places):
        got += list(reader.receive(stream[start:end]))
    assert got == events
    assert reader.seq == after + len(log)


def test_carriage_returns_comments_and_blank_lines():
    stream = b": hello\r\n\r\n" + encode(entry(1)).replace(b"\n", b"\r\n") + b":\n\n\n" + encode(Beat(1, 2.0))
    assert read(stream) == [entry(1), Beat(1, 2.0)]


def test_what_we_have_already_is_passed_over():
    assert read(b"".join(map(encode, [entry(1), entry(2), entry(3)])), after=2) == [entry(3)]


def test_a_gap_in_the_sequence():
    (first, reset) = read(encode(entry(1)) + encode(entry(3)) + encode(entry(4)))
    assert first == entry(1)
    assert reset == Reset("the feed jumped from 1 to 3")


@pytest.mark.parametrize("stands_at", [4, 6])
def test_a_beat_that_knows_of_another_place(stands_at):
    (reset,) = read(encode(Beat(stands_at, 1.0)), after=5)
    assert isinstance(reset, Reset)


def test_a_reset_ends_the_stream():
    reader = FeedReader(5)
    (reset,) = reader.receive(encode(Reset("pruned")) + encode(entry(6)))
    assert isinstance(reset, Reset)
    with pytest.raises(Invalid, match="has ended"):
        list(reader.receive(encode(entry(6))))


REVOKE = b'id: 1\nevent: revoke\ndata: {"kind":"sub","value":"ann","cutoff":100,"exp":700}\n\n'


@pytest.mark.parametrize(
    "stream",
    [
        REVOKE.replace(b"id: 1\n", b""),
        REVOKE.replace(b"id: 1", b"id: -1"),
        REVOKE.replace(b"id: 1", b"id: 1e3"),
        REVOKE.replace(b"id: 1", b"id: " + b"9" * 20),
        REVOKE.replace(b"id: 1", "id: ١".encode()),
        REVOKE.replace(b"event: revoke\n", b""),
        REVOKE.replace(b"revoke", b"rekove"),
        REVOKE.replace(b"sub", b"role"),
        REVOKE.replace(b"100", b'"100"'),
        REVOKE.replace(b"100", b"NaN"),
        REVOKE.replace(b'"exp":700', b'"exp":700,"exp":701'),
        REVOKE.replace(b"{", b"["),
        REVOKE.replace(b"data: ", b"data: \xff"),
        REVOKE.replace(b"data: ", b"data: {}\ndata: "),
        REVOKE.replace(b"data: ", b"date: "),
        b"retry: 1\n\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"event: beat\ndata: {}\n\n",
        b'event: beat\ndata: {"seq":true,"time":1}\n\n',
        b'event: beat\ndata: {"seq":0,"time":1e999}\n\n',
        b"data: " + b"[" * 10_000 + b"\n\n",
    ],
)
def test_what_is_not_understood_ends_the_stream(stream):
    assert read(REVOKE) == [entry(1)]
    reader = FeedReader(0)
    with pytest.raises(Invalid):
        list(reader.receive(stream))
    with pytest.raises(Invalid, match="has ended"):
        list(reader.receive(REVOKE))


def test_what_came_before_an_error_still_counts():
    events = FeedReader(0).receive(REVOKE + b"nonsense\n")
    assert next(events) == entry(1)
    with pytest.raises(Invalid):
        next(events)


@pytest.mark.parametrize("piece", [b"x" * (MAX_LINE + 1), b":" + b"x" * MAX_LINE])
def test_a_line_without_end(piece):
    with pytest.raises(Invalid, match="longer than"):
        read(piece)


def test_a_line_without_end_in_small_pieces():
    reader = FeedReader(0)
    with pytest.raises(Invalid, match="longer than"):
        for _ in range(MAX_LINE + 1):
            list(reader.receive(b"x"))


@given(
    st.lists(
        st.binary(max_size=40) | st.sampled_from([b"\n", b"\n\n", b"data: {}", b"event: beat", b"id: 1"]), max_size=12
    )
)
def test_reading_is_total(pieces):
    reader = FeedReader(0)
    try:
        for piece in pieces:
            list(reader.receive(piece))
    except Invalid as error:
        assert error.message
