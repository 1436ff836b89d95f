"""Cedar's comparisons, Python's traps."""

from __future__ import annotations

from enum import StrEnum

import pytest

from ringwall.policy.objects.value import below, differ, holds, is_scalar, lacks, not_above, same
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
        assert (same(left, right), differ(left, right)) == (answer is True, answer is False)


@pytest.mark.parametrize(
    ("a", "b", "less", "at_most"),
    [
        (1, 2, True, True),
        (2, 2, False, True),
        (3, 2, False, False),
        (True, 2, False, False),
        ("a", "b", False, False),
        (None, 1, False, False),
        (1.0, 2, False, False),
        (1, 2**63, False, False),
    ],
)
def test_order_is_between_integers(a: object, b: object, less: bool, at_most: bool) -> None:
    assert (below(a, b), not_above(a, b)) == (less, at_most)


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
    assert (holds(among, item), lacks(among, item)) == (answer is True, answer is False)


def test_what_is_a_scalar() -> None:
    assert [is_scalar(one) for one in ("", 0, False, None, 1.5, Colour.RED)] == [True, True, True, False, False, False]
