"""A value's text reads back as the same value."""

from __future__ import annotations

from random import Random

import pytest
from tests.policy.comparison.random_policies import random_question

from ringwall.policy.language.value_text import value_text
from ringwall.policy.trial.constant import constant
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.value import equal


@pytest.mark.parametrize("seed", range(20))
def test_round_trip(seed: int) -> None:
    request, entities = random_question(Random(seed))
    for value in (request.context, *(entity.attributes for entity in entities.values())):
        assert equal(constant(value_text(value), ""), value)


LONGEST = "106751991167d7h12m55s807ms"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0ms"),
        (34_200_000, "9h30m"),
        (-1, "-1ms"),
        (90_061_001, "1d1h1m1s1ms"),
        (2**63 - 1, "106751991167d7h12m55s807ms"),
    ],
)
def test_a_duration_as_a_person_writes_it(milliseconds: int, text: str) -> None:
    assert value_text(Duration(milliseconds)) == f'duration("{text}")'
    assert constant(value_text(Duration(milliseconds)), "") == Duration(milliseconds)


def test_the_longest_duration_backwards() -> None:
    assert constant(value_text(Duration(-(2**63))), "") == Duration(-(2**63))


@pytest.mark.parametrize("moment", [2**63 - 1, -(2**63) + 10**15, 0, -1])
def test_moments_that_no_date_can_write(moment: int) -> None:
    assert constant(value_text(Datetime(moment)), "") == Datetime(moment)
