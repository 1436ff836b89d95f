"""How large a translation grows is known before it is made."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.translation_size import must_fit, questions


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


def test_a_condition_that_is_too_large_is_one_error_with_its_place() -> None:
    condition = "(" * 40 + "resource.a" + "".join(f" {('||', '&&')[n % 2]} resource.b < {n})" for n in range(40))
    (policy,) = parse_policies(f"permit (principal, action, resource) when {{ {condition} }};", file="p.cedar")
    with pytest.raises(Misconfigured, match="policy0 would ask more than 5,000 questions") as raised:
        must_fit(policy.condition, policy)
    assert "p.cedar:1" in str(raised.value.where)
