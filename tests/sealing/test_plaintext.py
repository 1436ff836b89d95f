"""Sealable types and their bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.sealing.plaintext import INT_BYTES, PLAINTEXTS

values = st.one_of(st.text(), st.binary(), st.integers(-(2**127), 2**127 - 1))


@given(values)
def test_every_value_comes_back(value: object) -> None:
    plaintext = PLAINTEXTS[type(value)]
    assert plaintext.decode(plaintext.encode(value)) == value


@pytest.mark.parametrize("number", [0, -1, 5, 2**120])
def test_the_size_of_a_number_is_not_to_be_seen(number: int) -> None:
    assert len(PLAINTEXTS[int].encode(number)) == INT_BYTES


def test_a_number_that_does_not_fit_is_refused_without_saying_it() -> None:
    with pytest.raises(ValueError, match="at most 127 bits") as refusal:
        PLAINTEXTS[int].encode(2**127)
    assert str(2**127) not in str(refusal.value)
