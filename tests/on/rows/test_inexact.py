"""What SQL cannot answer is refused with the policy, the words and the place."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ringwall.errors import Misconfigured
from ringwall.on.rows.inexact import Inexact, refusing
from ringwall.policy.expression import Expression
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.source import Span

(POLICY,) = parse_policies("permit (principal, action, resource)\nwhen { resource.a.b };", file="a.cedar")
BODY = POLICY.clauses[0].body


@dataclass
class Term:
    span: Span


@dataclass
class Row:
    path: tuple[str, ...]


@pytest.mark.parametrize(
    ("one", "expression", "message", "where"),
    [
        (Term(BODY.span), None, "policy policy0: `resource.a.b` is odd", "a.cedar:2"),
        (Row(("a",)), BODY, "policy policy0: `resource.a.b` is odd", "a.cedar:2"),
        (Row(("a",)), None, "policy policy0: `resource.a` is odd", "a.cedar:1"),
        (Row(()), None, "policy policy0: `resource` is odd", "a.cedar:1"),
        (Row(()), parse_expression("resource.c"), "policy policy0: `resource.c` is odd", "a.cedar:1"),
    ],
)
def test_the_nearest_words_and_place_are_told(one: object, expression: Expression, message: str, where: str) -> None:
    with pytest.raises(Misconfigured) as caught, refusing(POLICY, expression):
        raise Inexact(one, "is odd")
    assert (caught.value.message, caught.value.where) == (f"{where}: {message}", where)


def test_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError), refusing(POLICY, None):
        raise ZeroDivisionError
