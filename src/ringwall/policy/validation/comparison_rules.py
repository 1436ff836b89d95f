"""Types of ``==``, ``<``, ``in`` and ``is``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Equal, Expression, In, Is, Less, Literal, SetOf
from ringwall.policy.schema.types import LONG, EntityType, ExtensionType, SetType, Type
from ringwall.policy.validation.common_type import common_type
from ringwall.policy.validation.typed import ALWAYS, EITHER, NEVER, UNKNOWN, Capabilities, Typed

if TYPE_CHECKING:
    from ringwall.policy.validation.checker import Checker

_ORDERED: tuple[Type, ...] = (LONG, ExtensionType("datetime"), ExtensionType("duration"))


def type_of_equal(checker: Checker, expression: Equal, known: Capabilities) -> Typed:
    """Known for two literals, and false for entities of two types; else both sides must have a type in common."""
    left = checker.type_of(expression.left, known).type
    right = checker.type_of(expression.right, known).type
    if left is None or right is None:
        return EITHER
    mine, other = _constant(checker, expression.left), _constant(checker, expression.right)
    if mine is not None and other is not None:
        return ALWAYS if mine == other else NEVER
    if common_type(left, right) is not None:
        return EITHER
    if isinstance(left, EntityType) and isinstance(right, EntityType):
        return NEVER
    checker.report(f"`{left}` and `{right}` are never equal", expression.span, "compare values of one type")
    return EITHER


def type_of_less(checker: Checker, expression: Less, known: Capabilities) -> Typed:
    """Between two of one type that has an order."""
    left = checker.type_of(expression.left, known).type
    right = checker.type_of(expression.right, known).type
    for side, found in ((expression.left, left), (expression.right, right)):
        if found is not None and found not in _ORDERED:
            hint = "write a.lessThan(b)" if found == ExtensionType("decimal") else ""
            checker.report(f"expected `Long`, `datetime` or `duration`, found `{found}`", side.span, hint)
            return EITHER
    if left is not None and right is not None and left != right:
        checker.report(f"`{left}` and `{right}` cannot be compared", expression.span, "compare values of one type")
    return EITHER


def type_of_in(checker: Checker, expression: In, known: Capabilities) -> Typed:
    """False where no entity of the one type can stand below one of the other; known between actions."""
    left = checker.type_of(expression.left, known).type
    right = checker.type_of(expression.right, known).type
    if isinstance(right, SetType):
        right = right.element
    for side, found in ((expression.left, left), (expression.right, right)):
        if found is not None and not isinstance(found, EntityType):
            hint = "write set.contains(value)" if side is expression.right else ""
            checker.report(f"`in` is asked of entities, and this is `{found}`", side.span, hint)
            return EITHER
    if not isinstance(left, EntityType) or not isinstance(right, EntityType):
        return EITHER
    action, targets = checker.entity(expression.left), _entities(checker, expression.right)
    if action is not None and action in checker.schema.actions and targets is not None:
        above = {action, *checker.schema.actions[action].ancestors}
        return ALWAYS if above.intersection(targets) else NEVER
    return EITHER if _may_stand_below(checker, left.name, right.name) else NEVER


def type_of_is(checker: Checker, expression: Is, known: Capabilities) -> Typed:
    """Always known: an entity has one type."""
    of = checker.type_of(expression.of, known).type
    if of is not None and not isinstance(of, EntityType):
        checker.report(f"`is` is asked of an entity, and this is `{of}`", expression.of.span, "")
        return UNKNOWN
    if of is None:
        return EITHER
    return ALWAYS if of.name == expression.type else NEVER


def _constant(checker: Checker, expression: Expression) -> Literal | None:
    if isinstance(expression, Literal):
        return expression
    uid = checker.entity(expression)
    return None if uid is None else Literal(uid)


def _entities(checker: Checker, expression: Expression) -> list[EntityUid] | None:
    """The very entities on the right of ``in``, if they are known."""
    parts = expression.items if isinstance(expression, SetOf) else (expression,)
    found = [uid for part in parts if (uid := checker.entity(part)) is not None]
    return found if len(found) == len(parts) else None


def _may_stand_below(checker: Checker, name: str, other: str) -> bool:
    actions = checker.schema.action_types
    if name == other or (name in actions and other in actions):
        return True
    declared = checker.schema.entity_types.get(name)
    return declared is not None and other in declared.ancestors
