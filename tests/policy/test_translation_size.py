"""How large a translation grows is known before it is made."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.policy import Policy
from ringwall.policy.translation_size import LARGEST, must_fit, questions


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("true", 0),
        ('principal in Role::"a" && context has time', 0),
        ("resource.a", 2),
        ("resource.a && resource.b", 5),
        ("!(resource.a && resource.b)", 5),
        ("resource.a || resource.b", 5),
        ('principal in Role::"a" && resource.b', 2),
        ("resource", 2),
        ("principal.a == context.b", 0),
        ("[resource.a, resource.b, 1].contains(principal)", 4),
        ("resource.a == resource.b", 4),
        ("resource.a < 1", 2),
        ("(resource.a < 1) == true", 4),
        ("(resource.a && resource.b) == resource.c", 12),
        ("!resource.a == true", 4),
        ("(if resource.a then 1 else 2) == 1", 8),
        ("resource.a && resource.b && resource.c", 9),
        ("resource.a || resource.b || resource.c", 9),
        ("resource.a || resource.b && resource.c", 8),
        ("if resource.a then resource.b else resource.c", 8),
        ("if resource.a then resource.b && resource.c else true", 9),
        ("if resource.a then true else resource.b && resource.c", 9),
        ("if principal.a then resource.b || resource.c else principal.b", 5),
    ],
)
def test_each_part_is_asked_for_what_depends_on_it(text: str, most: int) -> None:
    assert questions(parse_expression(text)) == most


def test_a_comparison_of_comparisons_doubles_with_each_level() -> None:
    deeper = "resource.a"
    sizes = []
    for _ in range(6):
        deeper = f"({deeper} == (resource.b < 1))"
        sizes.append(questions(parse_expression(deeper)))
    assert all(after >= 2 * before for before, after in pairwise(sizes))


def _of_questions(number: int) -> Policy:
    """A policy that asks so many: two for each of a set's members, and three for a condition before them."""
    first, rest = ("resource.a && ", number - 3) if number % 2 else ("", number)
    members = ", ".join(["resource.a"] * (rest // 2))
    text = f"permit (principal, action, resource)\nwhen {{ {first}[{members}].contains(1) }};"
    (policy,) = parse_policies(text, file="p.cedar")
    assert policy.condition is not None
    assert questions(policy.condition) == number
    return policy


def test_as_many_questions_as_there_may_be_fit_and_one_more_does_not() -> None:
    must_fit(None, _of_questions(5_001))
    fits = _of_questions(5_000)
    must_fit(fits.condition, fits)
    policy = _of_questions(5_001)
    with pytest.raises(Misconfigured) as caught:
        must_fit(policy.condition, policy)
    assert caught.value.message == (
        "p.cedar:1: policy policy0 would ask more than 5,000 questions of each row of a list"
    )
    assert caught.value.hint == "split it into several policies, or change less often between `&&` and `||`"


def test_a_condition_that_alternates_deeply_is_too_large() -> None:
    condition = "(" * 40 + "resource.a" + "".join(f" {('||', '&&')[n % 2]} resource.b < {n})" for n in range(40))
    assert questions(parse_expression(condition)) > LARGEST
