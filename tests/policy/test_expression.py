"""Trees compare by structure, never by place, and a bool is no number."""

from __future__ import annotations

import pytest

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Constant, Less, Literal, Variable
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.source import Source, Span

PLACE = Span(Source("f", "abc"), 1, 2)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (True, True, True),
        (True, 1, False),
        (0, False, False),
        (1, 2, False),
        ("1", 1, False),
        (EntityUid("A", "b"), EntityUid("A", "b"), True),
        (EntityUid("A", "b"), EntityUid("A", "c"), False),
    ],
)
def test_literals_are_equal_where_type_and_value_are(one: Constant, other: Constant, same: bool) -> None:
    left, right = Literal(value=one), Literal(value=other, span=PLACE)
    assert (left == right) is same
    assert (len({left, right}) == 1) is same


def test_a_literal_is_no_other_thing() -> None:
    assert Literal(value=1) != 1
    assert Literal(value="principal") != Variable(name="principal")


def test_the_place_is_neither_compared_nor_shown() -> None:
    assert Variable(name="principal", span=PLACE) == Variable(name="principal")
    assert repr(Variable(name="principal", span=PLACE)) == "Variable(name='principal')"
    assert parse_expression("principal == 1") == parse_expression("  principal  ==  1")


def test_less_is_strict_unless_it_is_said_otherwise() -> None:
    one = Literal(value=1)
    assert Less(left=one, right=one) == parse_expression("1 < 1")
    assert Less(left=one, right=one, or_equal=True) == parse_expression("1 <= 1")
