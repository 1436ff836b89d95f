"""Putting another part in a place changes that place and no other."""

from __future__ import annotations

import pytest

from ringwall.policy.expression import Variable
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.trial.rewriting import places, with_parts
from ringwall.policy.walk import parts_of

MARK = Variable(name="context")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("principal.a", ["context", "context.a"]),
        ("principal has a", ["context", "context has a"]),
        ("principal is A", ["context", "context is A"]),
        ('principal.a like "b*"', ["context", 'context like "b*"', 'context.a like "b*"']),
        ("!true", ["context", "!context"]),
        ("-principal", ["context", "-context"]),
        ("principal.isEmpty()", ["context", "context.isEmpty()"]),
        ("1 == 2", ["context", "context == 2", "1 == context"]),
        ("1 < 2", ["context", "context < 2", "1 < context"]),
        ("1 <= 2", ["context", "context <= 2", "1 <= context"]),
        ("principal in resource", ["context", "context in resource", "principal in context"]),
        ("true && false", ["context", "context && false", "true && context"]),
        ("true || false", ["context", "context || false", "true || context"]),
        ("1 - 2", ["context", "context - 2", "1 - context"]),
        ("[1].contains(2)", ["context", "context.contains(2)", "[context].contains(2)", "[1].contains(context)"]),
        ("principal.containsAll(resource)",
         ["context", "context.containsAll(resource)", "principal.containsAll(context)"]),
        ("principal.containsAny(resource)",
         ["context", "context.containsAny(resource)", "principal.containsAny(context)"]),
        ('principal.hasTag("a")', ["context", 'context.hasTag("a")', "principal.hasTag(context)"]),
        ('principal.getTag("a")', ["context", 'context.getTag("a")', "principal.getTag(context)"]),
        ("{a: 1, b: 2}", ["context", "{a: context, b: 2}", "{a: 1, b: context}"]),
        ("[1, 2, 3]", ["context", "[context, 2, 3]", "[1, context, 3]", "[1, 2, context]"]),
        ('principal.lessThan(decimal("1.0"))',
         ["context", 'context.lessThan(decimal("1.0"))', "principal.lessThan(context)"]),
        ("if true then 1 else 2",
         ["context", "if context then 1 else 2", "if true then context else 2", "if true then 1 else context"]),
    ],
)  # fmt: skip
def test_every_part_has_a_place_of_its_own(text: str, marked: list[str]) -> None:
    expression = parse_expression(text)
    found = [expression_text(place(MARK)) for _, place in places(expression)]
    assert found == [expression_text(parse_expression(one)) for one in marked]
    assert all(place(part) == expression for part, place in places(expression))
    assert with_parts(expression, parts_of(expression)) == expression
