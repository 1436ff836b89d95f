"""A value in at most sixty characters, as Python writes it or as Cedar does, and of any other object its type alone."""

from __future__ import annotations

import pytest

from ringwall.policy.explanation.short_value import short_value
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.decimal import Decimal


class Teapot:
    def __repr__(self) -> str:
        raise AssertionError("it may hold what nobody should read")


@pytest.mark.parametrize(
    ("value", "in_python", "in_cedar"),
    [
        (None, "None", "(absent)"),
        ("a", "'a'", '"a"'),
        (True, "True", "true"),
        (1, "1", "1"),
        (["b", "a"], "('a', 'b')", '["a", "b"]'),
        (("b", "a"), "('a', 'b')", '["a", "b"]'),
        ({2, 1}, "(1, 2)", "[1, 2]"),
        (frozenset({1}), "(1)", "[1]"),
        (CedarSet([2, 1]), "(1, 2)", "[1, 2]"),
        ([Teapot(), None], "((Teapot), None)", "(list)"),
        (Decimal(5), "(Decimal)", 'decimal("0.0005")'),
        (Teapot(), "(Teapot)", "(Teapot)"),
    ],
)
def test_a_value_in_both_languages(value: object, in_python: str, in_cedar: str) -> None:
    assert short_value(value, in_python=True) == in_python
    assert short_value(value) == in_cedar


def test_sixty_characters_are_shown_and_the_sixty_first_is_cut_off() -> None:
    assert short_value("y" * 58) == f'"{"y" * 58}"'
    assert short_value("y" * 59) == f'"{"y" * 58}…'
    assert len(short_value("y" * 999)) == 60
