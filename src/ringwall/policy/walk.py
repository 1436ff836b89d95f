"""Looking around in an expression: its parts, everything in it, and the attributes that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Literal,
    Negate,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside this one, in the order they are written."""
    match expression:
        case Literal() | Variable():
            return ()
        case Attribute() | Has() | Is() | Like() | Not() | IsEmpty() | Negate():
            return (expression.of,)
        case Equal() | Less() | In() | And() | Or() | Arithmetic():
            return (expression.left, expression.right)
        case Contains():
            return (expression.set, expression.item)
        case ContainsAll() | ContainsAny():
            return (expression.set, expression.other)
        case HasTag() | GetTag():
            return (expression.of, expression.tag)
        case RecordOf():
            return tuple(value for _, value in expression.fields)
        case Call():
            return expression.arguments
        case SetOf():
            return expression.items
        case IfThenElse():
            return (expression.test, expression.then, expression.otherwise)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    yield expression
    for part in parts_of(expression):
        yield from walk(part)


def reads(condition: Expression) -> list[tuple[str, ...]]:
    """The attribute paths that start at ``resource``: ``("customer", "region")``."""
    paths = (path_of(part) for part in walk(condition) if isinstance(part, (Attribute, Has)))
    return [path[1:] for path in dict.fromkeys(paths) if path[:1] == ("resource",)]


def path_of(expression: Expression) -> tuple[str, ...]:
    """``resource.customer.region`` as its names; empty for what is no path."""
    match expression:
        case Variable():
            return (expression.name,)
        case Attribute() | Has():
            owner = path_of(expression.of)
            return (*owner, expression.name) if owner else ()
    return ()
