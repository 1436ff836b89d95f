"""An unopened value gives nothing away, and is never taken for text."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pytest

import ringwall
from ringwall.sealing.sealed import Sealed

VALUE = Sealed(b"\x01ciphertext")


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>20}".format, lambda v: f"{v}", lambda v: "%s" % v])
def test_it_shows_as_dots(show: Callable[[Sealed], str]) -> None:
    assert show(VALUE) == "•••"


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, len, list, bytes])
def test_it_is_not_serialised_or_taken_for_bytes(leak: Callable[[Sealed], object]) -> None:
    with pytest.raises(TypeError):
        leak(VALUE)


def test_two_are_equal_when_their_bytes_are() -> None:
    assert Sealed(VALUE.envelope) == VALUE
    assert hash(VALUE) == hash(Sealed(VALUE.envelope))
    assert Sealed(b"other") != VALUE
    assert VALUE.envelope != VALUE
    assert bool(VALUE)


def test_it_is_one_of_the_nouns() -> None:
    assert ringwall.Sealed is Sealed
