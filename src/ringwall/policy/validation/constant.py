"""What an expression comes to whatever the request, as far as that can be seen without a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringwall.policy.chain import terms
from ringwall.policy.expression import And, Equal, Expression, IfThenElse, Literal, Not, Or


def truth(expression: Expression) -> bool | None:
    """True or false where it can never be the other (it may err instead); ``None`` where it can be both."""
    match expression:
        case Literal(value=bool() as value):
            return value
        case Not():
            of = truth(expression.of)
            return None if of is None else not of
        case And():
            sides = truth(expression.left), truth(expression.right)
            return False if False in sides else True if sides == (True, True) else None
        case Or():
            sides = truth(expression.left), truth(expression.right)
            return True if True in sides else False if sides == (False, False) else None
        case IfThenElse():
            test = truth(expression.test)
            if test is not None:
                return truth(expression.then if test else expression.otherwise)
            then, otherwise = truth(expression.then), truth(expression.otherwise)
            return then if then == otherwise else None
        case Equal(left=Literal(), right=Literal()):
            return expression.left == expression.right
    return None


def is_contradiction(expressions: Iterable[Expression]) -> bool:
    """Whether they cannot all be true: one is the negation of another, or one thing equals two literals."""
    parts = {part for expression in expressions for part in conjuncts(expression)}
    if any(isinstance(part, Not) and part.of in parts for part in parts):
        return True
    equals = [pair for part in parts if (pair := _value(part)) is not None]
    return len({of for of, _ in equals}) < len(set(equals))


def conjuncts(expression: Expression) -> Iterator[Expression]:
    """The operands of ``&&``, however they are nested."""
    return terms(expression) if isinstance(expression, And) else iter((expression,))


def _value(expression: Expression) -> tuple[Expression, Literal] | None:
    """A thing that it compares with a literal, and the literal."""
    match expression:
        case Equal(left=Literal() as literal, right=of) | Equal(left=of, right=Literal() as literal):
            return of, literal
    return None
