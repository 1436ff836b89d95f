"""The condition of a rule as a tree: Cedar's own expressions, each with the place it was written.

Names follow the Cedar policy language 4.5. Trees are immutable, compare by structure (never by span) and can be
hashed. What Cedar defines as sugar is not here: ``a != b`` is ``!(a == b)``, ``a > b`` is ``!(a <= b)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import TypeAlias

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.source import NOWHERE, Span

Constant: TypeAlias = bool | int | str | EntityUid
Name: TypeAlias = OneOf["principal", "action", "resource", "context"]
Operator: TypeAlias = OneOf["+", "-", "*"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Literal(_Node):
    """A bool, a 64-bit integer, a string or an entity. ``Literal(True)`` and ``Literal(1)`` are two, as in Cedar."""

    value: Constant

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Variable(_Node):
    """``principal``, ``action``, ``resource`` or ``context``."""

    name: Name


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
    """``left < right``, or ``left <= right`` with ``or_equal``; between integers, datetimes or durations."""

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
class ContainsAll(_Node):
    """``set.containsAll(other)``."""

    set: Expression
    other: Expression


@dataclass(frozen=True, slots=True)
class ContainsAny(_Node):
    """``set.containsAny(other)``."""

    set: Expression
    other: Expression


@dataclass(frozen=True, slots=True)
class IsEmpty(_Node):
    """``of.isEmpty()``."""

    of: Expression


@dataclass(frozen=True, slots=True)
class HasTag(_Node):
    """``of.hasTag(tag)``."""

    of: Expression
    tag: Expression


@dataclass(frozen=True, slots=True)
class GetTag(_Node):
    """``of.getTag(tag)``; an error where there is no such tag."""

    of: Expression
    tag: Expression


@dataclass(frozen=True, slots=True)
class SetOf(_Node):
    """``[item, …]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class RecordOf(_Node):
    """``{name: value, …}``, in the order written; no name stands twice."""

    fields: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Negate(_Node):
    """``-of``; an error where it overflows 64 bits."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(_Node):
    """``left + right``, ``-`` or ``*``; an error where it overflows 64 bits."""

    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call(_Node):
    """A function of an extension type: ``ip("10.0.0.1")``, or ``a.isInRange(b)`` with ``a`` as its first argument.

    Whether the number of arguments is right is asked only when it is evaluated, as in Cedar.
    """

    function: str
    arguments: tuple[Expression, ...]


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
    | Variable
    | Attribute
    | Has
    | Is
    | Like
    | Equal
    | Less
    | In
    | Contains
    | ContainsAll
    | ContainsAny
    | IsEmpty
    | HasTag
    | GetTag
    | SetOf
    | RecordOf
    | Negate
    | Arithmetic
    | Call
    | Not
    | And
    | Or
    | IfThenElse
)
