"""A compiled condition means what the tree means, and its function can reach nothing but Cedar's operators."""

from __future__ import annotations

from hypothesis import given, settings
from tests.policy.outcomes import ENTITIES, REQUEST
from tests.policy.strategies import expressions, typed

from ringwall.policy.evaluation.compiled import compiled
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.expression import Expression
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.values.evaluation_error import EvaluationError


def by_function(expression: Expression) -> object:
    principal, resource = ENTITIES.find(REQUEST.principal), ENTITIES.find(REQUEST.resource)
    try:
        return compiled(expression)(principal, REQUEST.action, resource, REQUEST.context, ENTITIES)
    except (EvaluationError, KeyError):
        return "error"


def by_walking(expression: Expression) -> object:
    try:
        value = evaluate(expression, REQUEST, ENTITIES)
    except EvaluationError:
        return "error"
    return value if isinstance(value, bool) else "error"


@given(expressions())
def test_any_tree_is_compiled_to_what_it_means(expression: Expression) -> None:
    assert by_function(expression) is by_walking(expression)


@settings(max_examples=200)
@given(typed())
def test_so_is_a_tree_of_one_type(expression: Expression) -> None:
    assert by_function(expression) is by_walking(expression)


def test_a_function_sees_operators_and_no_built_in_function() -> None:
    made = compiled(parse_expression("principal.age > 3 && [context.n].contains(2)"))
    assert made.__globals__["__builtins__"] == {}  # type: ignore[attr-defined]
    assert not {"open", "getattr", "eval", "print", "__import__"} & made.__globals__.keys()  # type: ignore[attr-defined]


def test_nothing_is_evaluated_before_it_is_asked_for() -> None:
    """A constructor that errs is no error of the policy set, only of the request that reaches it."""
    assert by_function(parse_expression('false && ip("nonsense").isIpv4()')) is False
    assert by_function(parse_expression('ip("nonsense").isIpv4()')) == "error"
