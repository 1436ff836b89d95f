from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.tokens.revocation import Revocation
from ringwall.tokens.snapshot import FORMAT, Snapshot

ENTRY = Revocation(3, "sub", "ann", 100.0, 700.0)


def test_there_and_back():
    for snapshot in (Snapshot(0, 0.0), Snapshot(9, 123.5, (ENTRY, Revocation(9, "all", "", 5.0, 6.0)))):
        assert Snapshot.decode(snapshot.encode()) == snapshot


GOOD = {"format": FORMAT, "seq": 9, "time": 123.5, "entries": [[3, "sub", "ann", 100, 700]]}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "2"},
        {"format": None},
        {"seq": -1},
        {"seq": None},
        {"seq": "9"},
        {"time": None},
        {"time": True},
        {"entries": None},
        {"entries": {}},
        {"entries": [[]]},
        {"entries": [None]},
        {"entries": [[3, "sub", "ann", 100]]},
        {"entries": [[3, "sub", "ann", 100, 700, 1]]},
        {"entries": [[3, "role", "ann", 100, 700]]},
    ],
)
def test_a_snapshot_that_is_not_whole(change):
    assert Snapshot.decode(json.dumps(GOOD).encode()).entries == (ENTRY,)
    with pytest.raises(Invalid):
        Snapshot.decode(json.dumps(GOOD | change).encode())


def test_a_snapshot_that_was_cut_off_anywhere():
    whole = Snapshot(9, 123.5, (ENTRY,)).encode()
    for length in range(len(whole)):
        with pytest.raises(Invalid):
            Snapshot.decode(whole[:length])


@given(st.binary(max_size=100))
def test_decoding_is_total(data):
    with pytest.raises(Invalid):
        Snapshot.decode(data)
