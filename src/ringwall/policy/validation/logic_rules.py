"""Types of ``&&``, ``||``, ``!`` and ``if``: what cannot be reached is not checked, and what was tested is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.policy.expression import And, IfThenElse, Not, Or
from ringwall.policy.schema.types import BOOL
from ringwall.policy.validation.common_type import common_type
from ringwall.policy.validation.typed import ALWAYS, EITHER, FALSE, NEVER, TRUE, UNKNOWN, Capabilities, Typed

if TYPE_CHECKING:
    from ringwall.policy.validation.checker import Checker


def type_of_and(checker: Checker, expression: And, known: Capabilities) -> Typed:
    """False as soon as one side is; what either side shows is known afterwards."""
    left = checker.expect(expression.left, BOOL, known)
    if left.type == FALSE:
        return NEVER
    right = checker.expect(expression.right, BOOL, known | left.gives)
    if right.type == FALSE:
        return NEVER
    both = left.gives | right.gives
    return Typed(TRUE if left.type == right.type == TRUE else BOOL, both)


def type_of_or(checker: Checker, expression: Or, known: Capabilities) -> Typed:
    """True as soon as one side is; only what both sides show is known afterwards."""
    left = checker.expect(expression.left, BOOL, known)
    if left.type == TRUE:
        return ALWAYS
    right = checker.expect(expression.right, BOOL, known)
    if right.type == TRUE:
        return ALWAYS
    if left.type == FALSE:
        return right
    return Typed(BOOL, left.gives if right.type == FALSE else left.gives & right.gives)


def type_of_not(checker: Checker, expression: Not, known: Capabilities) -> Typed:
    """Nothing is known of what a false expression would have shown."""
    of = checker.expect(expression.of, BOOL, known)
    if of.type == TRUE:
        return NEVER
    return ALWAYS if of.type == FALSE else EITHER


def type_of_if(checker: Checker, expression: IfThenElse, known: Capabilities) -> Typed:
    """The one branch that can be reached, or the common type of both."""
    test = checker.expect(expression.test, BOOL, known)
    if test.type == FALSE:
        return checker.type_of(expression.otherwise, known)
    then = checker.type_of(expression.then, known | test.gives)
    if test.type == TRUE:
        return then
    otherwise = checker.type_of(expression.otherwise, known)
    if then.type is None or otherwise.type is None:
        return UNKNOWN
    joined = common_type(then.type, otherwise.type)
    if joined is None:
        hint = "both branches must have one type"
        checker.report(f"`then` gives `{then.type}`, and `else` gives `{otherwise.type}`", expression.span, hint)
    return Typed(joined, (test.gives | then.gives) & otherwise.gives)
