"""Types of sets, and of what can be asked of them: their items have one type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.policy.expression import Contains, ContainsAll, ContainsAny, Expression, IsEmpty, SetOf
from ringwall.policy.schema.types import SetType, Type
from ringwall.policy.validation.common_type import common_type
from ringwall.policy.validation.typed import EITHER, UNKNOWN, Capabilities, Typed

if TYPE_CHECKING:
    from ringwall.policy.validation.checker import Checker


def type_of_set(checker: Checker, expression: SetOf, known: Capabilities) -> Typed:
    """``Set`` of the common type of its items; the type of none is not known."""
    if not expression.items:
        checker.report("the type of an empty set is not known", expression.span, "write set.isEmpty() to ask for one")
        return UNKNOWN
    types = [checker.type_of(item, known).type for item in expression.items]
    element = types[0]
    for item, found in zip(expression.items[1:], types[1:], strict=True):
        if element is None or found is None:
            return UNKNOWN
        joined = common_type(element, found)
        if joined is None:
            message = f"a set has items of one type, and this has `{element}` and `{found}`"
            checker.report(message, item.span, "")
            return UNKNOWN
        element = joined
    return UNKNOWN if element is None else Typed(SetType(element))


def type_of_contains(checker: Checker, expression: Contains, known: Capabilities) -> Typed:
    """The item must have the type of the set's items."""
    element = _element(checker, expression.set, known)
    item = checker.type_of(expression.item, known).type
    if element is not None and item is not None and common_type(element, item) is None:
        message = f"a set of `{element}` never contains `{item}`"
        checker.report(message, expression.span, "")
    return EITHER


def type_of_two_sets(checker: Checker, expression: ContainsAll | ContainsAny, known: Capabilities) -> Typed:
    """The items of both sets must have one type."""
    element = _element(checker, expression.set, known)
    other = _element(checker, expression.other, known)
    if element is not None and other is not None and common_type(element, other) is None:
        message = f"a set of `{element}` and one of `{other}` have nothing in common"
        checker.report(message, expression.span, "")
    return EITHER


def type_of_is_empty(checker: Checker, expression: IsEmpty, known: Capabilities) -> Typed:
    """Of any set."""
    _element(checker, expression.of, known)
    return EITHER


def _element(checker: Checker, expression: Expression, known: Capabilities) -> Type | None:
    found = checker.type_of(expression, known).type
    if found is None:
        return None
    if isinstance(found, SetType):
        return found.element
    checker.report(f"expected a set, found `{found}`", expression.span, "")
    return None
