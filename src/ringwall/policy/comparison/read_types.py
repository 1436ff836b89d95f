"""Without a schema: the types that policies themselves read, found by what each attribute is compared with.

An attribute is known by its path: ``("context", "device", "id")`` in the request, ``("entity", "level")`` in whatever
entity has it. Types flow from what has one (a literal, ``like``, ``isInRange``) over ``==`` and its like to what has
none, until nothing more is learned.
"""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Constant,
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
    SetOf,
    Variable,
)
from ringwall.policy.schema.signatures import SIGNATURES
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType, SetType, Type
from ringwall.policy.walk import walk

Path = tuple[str, ...]

TAG: Path = ("entity", "", "tag")
"""The path of all tags together."""


class ReadTypes:
    """``found`` has the types of each path; none where nothing tells."""

    def __init__(self, conditions: Iterable[Expression], principals: set[Type], resources: set[Type]) -> None:
        self.found: dict[Path, set[Type]] = {}
        self._variables = {"principal": principals, "resource": resources}
        bodies = tuple(conditions)
        for body in bodies:
            self._expect(body, {BOOL})
        parts = [part for body in bodies for part in walk(body)]
        known: dict[Path, int] | None = None
        while known != (known := {path: len(types) for path, types in self.found.items()}):
            for part in parts:
                self._learn(part)

    def path(self, read: Attribute | Has | GetTag) -> Path:
        """Where an attribute stands."""
        match read:
            case GetTag():
                return TAG
            case Attribute(of=Variable(name="context")) | Has(of=Variable(name="context")):
                return ("context", read.name)
            case Attribute(of=Attribute() | GetTag() as of) | Has(of=Attribute() | GetTag() as of):
                owner = self.path(of)
                if not any(isinstance(type_, EntityType) for type_ in self.found.get(owner, ())):
                    return (*owner, read.name)
        return ("entity", read.name)

    def types(self, expression: Expression) -> set[Type]:
        """What an expression may be, as far as it is known."""
        match expression:
            case Literal():
                return {_type_of(expression.value)}
            case Variable():
                return self._variables.get(expression.name, set())
            case Negate() | Arithmetic():
                return {LONG}
            case IfThenElse():
                return self.types(expression.then) | self.types(expression.otherwise)
            case Call():
                return {SIGNATURES[expression.function].gives}
            case SetOf():
                return {SetType(type_) for item in expression.items for type_ in self.types(item)}
            case Attribute() | GetTag():
                return self.found.get(self.path(expression), set())
        return {BOOL}

    def _learn(self, expression: Expression) -> None:
        match expression:
            case Attribute() | Has():
                self.found.setdefault(self.path(expression), set())
            case Equal() | Less():
                self._expect(expression.left, self.types(expression.right))
                self._expect(expression.right, self.types(expression.left))
            case ContainsAll() | ContainsAny():
                self._expect(expression.set, self.types(expression.other))
                self._expect(expression.other, self.types(expression.set))
            case Contains():
                self._expect(expression.set, {SetType(type_) for type_ in self.types(expression.item)})
                members = [type_.element for type_ in self.types(expression.set) if isinstance(type_, SetType)]
                self._expect(expression.item, set(members))
            case In():
                above = self.types(expression.right)
                self._expect(expression.left, {t.element if isinstance(t, SetType) else t for t in above})
                if not above:
                    self._expect(expression.right, {SetType(type_) for type_ in self.types(expression.left)})
            case IsEmpty() if not self.types(expression.of):
                self._expect(expression.of, {SetType(STRING)})
            case Like():
                self._expect(expression.of, {STRING})
            case Is():
                self._expect(expression.of, {EntityType(expression.type)})
            case HasTag() | GetTag():
                self._expect(expression.tag, {STRING})
                self.found.setdefault(TAG, set())
            case Arithmetic():
                self._expect(expression.left, {LONG})
                self._expect(expression.right, {LONG})
            case Negate():
                self._expect(expression.of, {LONG})
            case And() | Or():
                self._expect(expression.left, {BOOL})
                self._expect(expression.right, {BOOL})
            case Not():
                self._expect(expression.of, {BOOL})
            case IfThenElse():
                self._expect(expression.test, {BOOL})
                self._expect(expression.then, self.types(expression.otherwise))
                self._expect(expression.otherwise, self.types(expression.then))
            case Call():
                for argument, type_ in zip(expression.arguments, SIGNATURES[expression.function].takes, strict=False):
                    self._expect(argument, {type_})

    def _expect(self, expression: Expression, types: set[Type]) -> None:
        if isinstance(expression, IfThenElse):
            self._expect(expression.then, types)
            self._expect(expression.otherwise, types)
        elif isinstance(expression, SetOf):
            members = {type_.element for type_ in types if isinstance(type_, SetType)}
            for item in expression.items:
                self._expect(item, members)
        elif isinstance(expression, (Attribute, GetTag)):
            self.found.setdefault(self.path(expression), set()).update(types)


def _type_of(value: Constant) -> Type:
    if isinstance(value, EntityUid):
        return EntityType(value.type)
    return BOOL if isinstance(value, bool) else LONG if isinstance(value, int) else STRING
