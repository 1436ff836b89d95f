"""Chains keep their terms and their order, whatever the shape of their tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.policy.chain import joined, terms
from ringwall.policy.expression import And, Expression, Literal, Or
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.language.sugar import is_in

KINDS = st.sampled_from([And, Or])
NUMBERS = st.lists(st.integers(0, 9).map(lambda value: Literal(value=value)), min_size=2, max_size=40)


@given(KINDS, NUMBERS)
def test_terms_are_what_was_joined(kind: type[And] | type[Or], numbers: list[Expression]) -> None:
    chain = joined(kind, numbers)
    assert isinstance(chain, kind)
    assert list(terms(chain)) == numbers


@given(KINDS, NUMBERS)
def test_the_tree_is_balanced(kind: type[And] | type[Or], numbers: list[Expression]) -> None:
    assert _depth(joined(kind, numbers)) <= len(numbers).bit_length()


def test_one_term_is_itself() -> None:
    assert joined(And, [Literal(value=1)]) == Literal(value=1)


@pytest.mark.parametrize("leans", ["left", "right"])
def test_a_chain_that_leans_is_read_without_recursion(leans: str) -> None:
    chain: Expression = Literal(value=0)
    for value in range(1, 100_001):
        one = Literal(value=value)
        chain = And(left=chain, right=one) if leans == "left" else And(left=one, right=chain)
    assert isinstance(chain, And)
    expected = list(range(100_001)) if leans == "left" else list(range(100_000, -1, -1))
    assert [term.value for term in terms(chain) if isinstance(term, Literal)] == expected
    while isinstance(chain, And):  # or freeing it would recurse
        chain = chain.left if leans == "left" else chain.right


def test_a_chain_of_the_other_kind_is_one_term() -> None:
    chain = parse_expression("context.a && (context.b || context.c) && context.d")
    assert isinstance(chain, And)
    assert [type(term) for term in terms(chain)][1] is Or


def test_a_term_may_be_whole() -> None:
    chain = parse_expression('context.a && principal is User in Team::"a"')
    assert isinstance(chain, And)
    assert (len(list(terms(chain))), len(list(terms(chain, is_in)))) == (3, 2)


def _depth(expression: Expression) -> int:
    return 1 + max(_depth(expression.left), _depth(expression.right)) if isinstance(expression, And | Or) else 0
