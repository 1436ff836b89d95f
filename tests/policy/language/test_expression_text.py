"""What is printed is what was meant: parsed again, by us and by Cedar, it is the same expression."""

from __future__ import annotations

import json

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.strategies import canonical, expressions, policies, typed

from ringwall.policy.expression import Expression
from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.policy import Policy

AS_WRITTEN = (
    "-(1)",
    "-(-1)",
    "(-1).a",
    "-principal.a",
    "!(!true)",
    "!(-1)",
    "!context.a.b.isEmpty()",
    "1 != 2",
    "!(1 != 2)",
    "1 > 2 && 1 >= 2 && (1 > 2) == true",
    "(true || false) && (false || true)",
    "true && false || true",
    "1 - (2 - 3) - 4 * (5 + 6)",
    "(if true then 1 else 2) + 3 == 4",
    "if true then true else false || true",
    '[if true then 1 else 2, {a: if false then 1 else 2, "b c": {}}]',
    "(1 == 2).a.contains(1 + 2).isEmpty()",
    'principal is User in Group::"a" && resource is Shop::Order in [principal, Group::"b"]',
    "(principal is User) == true",
    'principal["if"]["a\\"b"] has "is"',
    'ip("::1").isInRange(ip("10.0.0.0/8"))',
    r'context.a like "a\**\u{0}"',
    "1 * 2 + 3 * (4 * 5)",
    "(1 == 2) == (3 < 4) && (1 in 2) in 3",
    "(context has a) has b",
    "0.a",
    "(1 + 2 is A) is B",
    '(1 + 2 like "a") == true',
    "-(-(1))",
    "[1, 2].containsAll([]) && [1].containsAny([]) && {}.hasTag(1 + 2)",
)


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_no_more_parentheses_than_needed(text: str) -> None:
    assert expression_text(parse_expression(text)) == text


@given(st.one_of(expressions(), typed()))
def test_a_printed_expression_is_the_same_when_parsed(expression: Expression) -> None:
    assert canonical(parse_expression(expression_text(expression))) == canonical(expression)


@given(policies(slots=True))
def test_a_printed_policy_is_the_same_when_parsed(policy: Policy) -> None:
    (again,) = parse_policies(cedar_text([policy]))
    assert canonical(again) == canonical(policy)


@settings(max_examples=50)
@given(st.one_of(expressions(), typed()))
def test_cedar_reads_what_is_printed_as_what_was_written(expression: Expression) -> None:
    text = expression_text(expression)
    through_cedar = json.loads(cedarpy.policies_to_json_str(f"permit(principal, action, resource) when {{ {text} }};"))
    (policy,) = parse_policies(cedarpy.policies_from_json_str(json.dumps(through_cedar)))
    assert canonical(policy.clauses[0].body) == canonical(expression)
