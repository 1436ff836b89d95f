"""A compiled condition means what the tree means, and its function can reach nothing but Cedar's operators."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.policy.outcomes import ENTITIES, REQUEST
from tests.policy.strategies import expressions, typed

from ringwall.policy.evaluation.compiled import compiled
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.expression import Call, Expression
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


@pytest.mark.parametrize(
    ("expression", "names", "constants"),
    [
        ("principal == resource.owner", {"uid", "attributes", "fields"}, 0),
        ("resource.owner == principal", {"uid", "attributes", "fields"}, 0),
        ('context.text == "a"', {"fields"}, 0),
        ('"a" == context.text', {"fields"}, 0),
        ('action == Action::"read"', set(), 1),
        ("context.n == 1", {"fields", "__class__", "int"}, 0),
        ("1 == context.n", {"fields", "__class__", "int"}, 0),
        ("context.n < 1", {"fields", "__class__", "int", "less"}, 0),
        ("1 <= context.n", {"fields", "__class__", "int", "less_or_equal"}, 0),
        ("principal has age", {"attributes", "fields"}, 0),
        ("context.n == 1 && principal has age", {"fields", "attributes", "__class__", "int"}, 0),
        ("[1, 2].contains(context.n)", {"fields", "contains"}, 1),
        ('context.ip.isInRange(ip("10.0.0.0/8"))', {"fields", "__class__", "bool", "boolean", "isInRange"}, 1),
    ],
)
def test_what_most_policies_ask_is_written_in_place(expression: str, names: set[str], constants: int) -> None:
    """No operation is called where Python's own operator gives the answer, and no constant is made twice."""
    code = compiled(parse_expression(expression)).__code__  # type: ignore[attr-defined]
    assert (set(code.co_names), len(code.co_freevars)) == (names, constants)


def test_a_function_with_too_few_arguments_is_an_error() -> None:
    assert by_function(Call(function="decimal", arguments=())) == "error"
