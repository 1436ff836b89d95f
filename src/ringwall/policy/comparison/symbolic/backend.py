"""The translation's back end for z3: a condition as the formulas of its truth and of its falsehood."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import z3

from ringwall.policy.comparison.symbolic.ancestry import Ancestry
from ringwall.policy.comparison.symbolic.calls import bounded, call
from ringwall.policy.comparison.symbolic.comparing import Comparing, all_fine, is_set
from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.logic import FALSE, every, no, some, truth
from ringwall.policy.comparison.symbolic.texts import matches, text_term
from ringwall.policy.comparison.symbolic.value import (
    Built,
    Case,
    Listed,
    Scalar,
    Stored,
    Value,
    What,
    guarded,
    mapped,
    pairs,
    scalar,
)
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    Arithmetic,
    Attribute,
    Call,
    Constant,
    ContainsAll,
    ContainsAny,
    Expression,
    GetTag,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Like,
    Literal,
    Negate,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.schema.signatures import DATETIME, DURATION
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType
from ringwall.policy.translation import Truth, translate

Predicate = Truth[z3.BoolRef]


class Symbolic:
    """``value`` and the questions asked of values; every one of them may raise ``Inexpressible``."""

    def __init__(self, world: World, ancestry: Ancestry) -> None:
        self._world = world
        self._comparing = Comparing(world, ancestry)

    def both(self, left: z3.BoolRef, right: z3.BoolRef) -> z3.BoolRef:
        """Conjunction."""
        return every((left, right))

    def either(self, left: z3.BoolRef, right: z3.BoolRef) -> z3.BoolRef:
        """Disjunction."""
        return some((left, right))

    def truth(self, value: Value) -> Predicate:
        """A value as a condition: what is no bool is neither true nor false."""
        bools = [(c.when, c.what.terms[0]) for c in value if isinstance(c.what, Scalar) and c.what.type == BOOL]
        return _truth(bools)

    def equal(self, left: Value, right: Value) -> Predicate:
        """``left == right``."""
        return _truth((when, self._comparing.same(one, other)) for when, one, other in pairs(left, right))

    def less(self, left: Value, right: Value, or_equal: bool) -> Predicate:
        """``left < right``."""
        return _truth(
            (when, one.terms[0] <= other.terms[0] if or_equal else one.terms[0] < other.terms[0])
            for when, one, other in pairs(left, right)
            if isinstance(one, Scalar) and isinstance(other, Scalar)
            if one.type == other.type and one.type in (LONG, DATETIME, DURATION)
        )

    def contains(self, among: Value, item: Value) -> Predicate:
        """``among.contains(item)``."""
        there = all_fine((item,))
        holds = self._comparing.holds
        return _truth((every((c.when, there)), holds(c.what, item)) for c in among if is_set(c.what))

    def has(self, owner: Value, name: str) -> Predicate:
        """``owner has name``."""
        fields = ((case.when, self._field(case.what, name)) for case in owner)
        return _truth((when, found[0]) for when, found in fields if found is not None)

    def within(self, expression: In) -> Predicate:
        """``left in right``."""
        among = self.value(expression.right)
        asked = [
            (every((left.when, when)), [self._comparing.below(left.what, one) for one in members])
            for left in self.value(expression.left)
            if isinstance(left.what, Scalar) and isinstance(left.what.type, EntityType)
            for when, members in self._members(among)
        ]
        return _truth((when, some(b for b in below if b is not None)) for when, below in asked if None not in below)

    def value(self, expression: Expression) -> Value:
        """The cases of an expression."""
        match expression:
            case Literal():
                return self._literal(expression.value)
            case Variable():
                named: Value = getattr(self._world, expression.name)
                return named
            case Attribute():
                return mapped(self.value(expression.of), lambda what: self._attribute(what, expression.name))
            case SetOf():
                items = tuple(self.value(item) for item in expression.items)
                return (Case(all_fine(items), Listed(items)),)
            case RecordOf():
                fields = tuple((name, self.value(value)) for name, value in expression.fields)
                return (Case(all_fine(tuple(value for _, value in fields)), Built(fields)),)
            case IfThenElse():
                test = translate(expression.test, self)
                then, otherwise = self.value(expression.then), self.value(expression.otherwise)
                return (*guarded(test.true, then), *guarded(test.false, otherwise))
            case Negate():
                return self._longs(lambda of: -of, expression.of)
            case Arithmetic():
                return self._longs(_OPERATORS[expression.operator], expression.left, expression.right)
            case Call():
                return call(expression.function, [self.value(argument) for argument in expression.arguments])
            case GetTag():
                return self._tagged(expression)
        told = self._told(expression)
        return (Case(some((told.true, told.false)), Scalar(BOOL, (told.true,))),)

    def _told(self, expression: Expression) -> Predicate:
        """Conditions that the translation leaves to its back ends."""
        match expression:
            case Is():
                types = (
                    (case.when, truth(case.what.type.name == expression.type))
                    for case in self.value(expression.of)
                    if isinstance(case.what, Scalar) and isinstance(case.what.type, EntityType)
                )
                return _truth(types)
            case Like():
                texts = _scalars(self.value(expression.of), STRING)
                return _truth((when, matches(text, expression.parts)) for when, text in texts)
            case ContainsAll() | ContainsAny():
                ask = self._comparing.covers if isinstance(expression, ContainsAll) else self._comparing.meets
                sets = pairs(self.value(expression.set), self.value(expression.other))
                return _truth((when, ask(one, two)) for when, one, two in sets if is_set(one) and is_set(two))
            case IsEmpty():
                is_empty = self._comparing.is_empty
                return _truth((c.when, is_empty(c.what)) for c in self.value(expression.of) if is_set(c.what))
            case HasTag():
                return _truth((when, there) for when, there, _ in self._tags(expression))
        return translate(expression, self)

    def _literal(self, value: Constant) -> Value:
        if isinstance(value, EntityUid):
            return self._world.entity(value)
        if isinstance(value, bool):
            return scalar(BOOL, truth(value))
        return scalar(LONG, z3.IntVal(value)) if isinstance(value, int) else scalar(STRING, text_term(value))

    def _field(self, what: What, name: str) -> tuple[z3.BoolRef, Value] | None:
        if isinstance(what, Built):
            found: tuple[z3.BoolRef, Value] = self._comparing.fields(what).get(name, (FALSE, ()))
            return found
        if isinstance(what, Stored) or (isinstance(what, Scalar) and isinstance(what.type, EntityType)):
            return self._world.field(what, name)
        return None

    def _attribute(self, what: What, name: str) -> Value:
        found = self._field(what, name)
        return () if found is None else tuple(guarded(*found))

    def _longs(self, apply: Callable[..., z3.ArithRef], *parts: Expression) -> Value:
        first, *rest = [_scalars(self.value(part), LONG) for part in parts]
        met: list[tuple[z3.BoolRef, tuple[z3.ExprRef, ...]]] = [(when, (term,)) for when, term in first]
        for more in rest:
            met = [(every((when, also)), (*terms, term)) for when, terms in met for also, term in more]
        return tuple(case for when, terms in met for case in guarded(when, bounded(LONG, apply(*terms))))

    def _tags(self, expression: HasTag | GetTag) -> list[tuple[z3.BoolRef, z3.BoolRef, Value]]:
        keys = _scalars(self.value(expression.tag), STRING)
        return [
            (every((case.when, when)), *self._world.tag(case.what, key))
            for case in self.value(expression.of)
            if isinstance(case.what, Scalar) and isinstance(case.what.type, EntityType)
            for when, key in keys
        ]

    def _tagged(self, expression: GetTag) -> Value:
        return tuple(
            case for when, there, value in self._tags(expression) for case in guarded(every((when, there)), value)
        )

    def _members(self, among: Value) -> list[tuple[z3.BoolRef, list[What]]]:
        """Each way in which the right side of ``in`` may turn out: the entities, or sets of them, that it lists."""
        found: list[tuple[z3.BoolRef, list[What]]] = []
        for case in among:
            ways: list[tuple[z3.BoolRef, list[What]]] = [(case.when, [])]
            for item in case.what.items if isinstance(case.what, Listed) else ():
                ways = [(every((when, one.when)), [*members, one.what]) for when, members in ways for one in item]
                if len(ways) > _MOST:
                    raise Inexpressible("a set of too many entities whose types only the request tells")
            if isinstance(case.what, Listed):
                found += [(when, members) for when, members in ways if all(map(_is_entity, members))]
            else:
                found.append((case.when, [case.what]))
        return found


_MOST = 256

_OPERATORS: dict[str, Callable[[z3.ArithRef, z3.ArithRef], z3.ArithRef]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def _truth(cases: Iterable[tuple[z3.BoolRef, z3.BoolRef]]) -> Predicate:
    found = list(cases)
    return Truth(
        some(every((when, told)) for when, told in found), some(every((when, no(told))) for when, told in found)
    )


def _scalars(value: Value, type_: object) -> list[tuple[z3.BoolRef, z3.ExprRef]]:
    return [(c.when, c.what.terms[0]) for c in value if isinstance(c.what, Scalar) and c.what.type == type_]


def _is_entity(what: What) -> bool:
    return isinstance(what, Scalar) and isinstance(what.type, EntityType)
