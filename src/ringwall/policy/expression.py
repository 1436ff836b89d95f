"""The condition of a rule as a tree: Cedar's own expressions, each with the place it was written.

Names follow the Cedar policy language 4.5. Trees are immutable, compare by structure (never by span) and can be
hashed. What Cedar defines as sugar is not here: ``a != b`` is ``!(a == b)``, ``a > b`` is ``!(a <= b)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """Where an expression was written: its file, its line (from 1) and its own text."""

    file: str = ""
    line: int = 0
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else ""


NOWHERE = Span()

Scalar: TypeAlias = bool | int | str
Scope: TypeAlias = OneOf["principal", "action", "resource", "context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Literal(_Node):
    """A bool, a 64-bit integer or a string. ``Literal(True)`` and ``Literal(1)`` are two values, as in Cedar."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class EntityUid(_Node):
    """``Role::"support"``."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Variable(_Node):
    """``principal``, ``action``, ``resource`` or ``context``."""

    name: Scope


@dataclass(frozen=True, slots=True)
class Attribute(_Node):
    """``of.name``; an error where ``of`` has no such attribute."""

    of: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Has(_Node):
    """``of has name``."""

    of: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Is(_Node):
    """``of is type``."""

    of: Expression
    type: str


@dataclass(frozen=True, slots=True)
class Like(_Node):
    """``of like "a*b"``: the parts of the pattern between its ``*``, unescaped."""

    of: Expression
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equal(_Node):
    """``left == right``."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Less(_Node):
    """``left < right``, or ``left <= right`` with ``or_equal``; between integers."""

    left: Expression
    right: Expression
    or_equal: bool = False


@dataclass(frozen=True, slots=True)
class In(_Node):
    """``left in right``: ``left`` is ``right``, or below it, or below a member of it."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Contains(_Node):
    """``set.contains(item)``."""

    set: Expression
    item: Expression


@dataclass(frozen=True, slots=True)
class SetOf(_Node):
    """``[item, …]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(_Node):
    """``!of``."""

    of: Expression


@dataclass(frozen=True, slots=True)
class And(_Node):
    """``left && right``; ``right`` is asked only where ``left`` is true."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Or(_Node):
    """``left || right``; ``right`` is asked only where ``left`` is false."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class IfThenElse(_Node):
    """``if test then then else otherwise``."""

    test: Expression
    then: Expression
    otherwise: Expression


Expression: TypeAlias = (
    Literal
    | EntityUid
    | Variable
    | Attribute
    | Has
    | Is
    | Like
    | Equal
    | Less
    | In
    | Contains
    | SetOf
    | Not
    | And
    | Or
    | IfThenElse
)


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside this one, in the order they are written."""
    match expression:
        case Literal() | EntityUid() | Variable():
            return ()
        case Attribute() | Has() | Is() | Like() | Not():
            return (expression.of,)
        case Equal() | Less() | In() | And() | Or():
            return (expression.left, expression.right)
        case Contains():
            return (expression.set, expression.item)
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
