"""Comparisons that a Python rule makes, where Python's answer and Cedar's may differ: then it is an error."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from ringwall.policy.evaluation.operations import less, less_or_equal
from ringwall.policy.objects.operations import contains_as_python, equal_as_python
from ringwall.policy.objects.scalar import is_scalar
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.secret import Secret


class Colour(StrEnum):
    RED = "red"


class Yes:
    """Equal to everything, as a SQL expression would be."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ("a", "a", True),
        ("a", "A", False),
        (1, 1, True),
        (1, 2, False),
        (True, True, True),
        ("1", 1, False),
        ("True", True, False),
        (True, 1, None),
        (0, False, None),
        (1, 1.0, None),
        (None, None, None),
        (None, "a", None),
        (2**63, 2**63, None),
        (-(2**63), -(2**63), True),
        (b"a", b"a", None),
        (Colour.RED, "red", None),
        (Secret("a"), "a", None),
        (Yes(), "a", None),
        ("a", Yes(), None),
        (["a"], ["a"], None),
    ],
)
def test_equality_is_true_false_or_an_error(a: object, b: object, answer: bool | None) -> None:
    for left, right in ((a, b), (b, a)):
        assert _came(equal_as_python, left, right) is answer


@pytest.mark.parametrize(
    ("a", "b", "below", "at_most"),
    [
        (1, 2, True, True),
        (2, 2, False, True),
        (3, 2, False, False),
        (True, 2, None, None),
        ("a", "b", None, None),
        (None, 1, None, None),
        (1.0, 2, None, None),
    ],
)
def test_order_is_between_integers(a: object, b: object, below: bool | None, at_most: bool | None) -> None:
    assert (_came(less, a, b), _came(less_or_equal, a, b)) == (below, at_most)


@pytest.mark.parametrize(
    ("among", "item", "answer"),
    [
        (["a", "b"], "a", True),
        ({"a"}, "b", False),
        ((), "a", False),
        (["a", 1], "a", True),
        (["a", 1], True, None),
        ([True], 1, None),
        (["a", None], "a", None),
        (["a", None], "b", None),
        (["a"], None, None),
        ("abc", "a", None),
        (None, "a", None),
        ({"a": 1}, "a", None),
    ],
)
def test_membership(among: object, item: object, answer: bool | None) -> None:
    assert _came(contains_as_python, among, item) is answer


def test_what_is_a_scalar() -> None:
    assert [is_scalar(one) for one in ("", 0, False, None, 1.5, Colour.RED)] == [True, True, True, False, False, False]


def _came(operation: Callable[[Any, Any], bool], left: object, right: object) -> bool | None:
    try:
        return operation(left, right)
    except EvaluationError:
        return None
