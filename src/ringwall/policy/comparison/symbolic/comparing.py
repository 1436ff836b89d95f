"""Equality and sets: whether two values are one, and what a set holds, written out or stored."""

from __future__ import annotations

import z3

from ringwall.policy.comparison.symbolic.ancestry import Ancestry
from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.logic import FALSE, TRUE, every, no, same, some, truth
from ringwall.policy.comparison.symbolic.terms import sort_of
from ringwall.policy.comparison.symbolic.value import Built, Listed, Scalar, Stored, Value, What, fine, pairs
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.schema.types import EntityType, SetType


class Comparing:
    """Questions that need the world for the fields of what is stored. Each may raise ``Inexpressible``."""

    def __init__(self, world: World, ancestry: Ancestry) -> None:
        self._world = world
        self._ancestry = ancestry

    def equal(self, left: Value, right: Value) -> z3.BoolRef:
        """Both are no error, and equal."""
        return some(every((when, self.same(one, other))) for when, one, other in pairs(left, right))

    def same(self, left: What, right: What) -> z3.BoolRef:
        """Whether two values are one. Values of two types never are, but for sets that are empty."""
        if is_set(left) and is_set(right):
            return every((self.covers(left, right), self.covers(right, left)))
        if isinstance(left, Scalar) and isinstance(right, Scalar):
            if left.type != right.type:
                return FALSE
            return every(same(one, other) for one, other in zip(left.terms, right.terms, strict=True))
        if isinstance(left, (Built, Stored)) and isinstance(right, (Built, Stored)):
            return self._same_fields(left, right)
        return FALSE

    def holds(self, among: What, item: Value) -> z3.BoolRef:
        """Whether a set has the item among its members."""
        if isinstance(among, Listed):
            return some(self.equal(member, item) for member in among.items)
        assert isinstance(among, Scalar)
        assert isinstance(among.type, SetType)
        return some(
            every((case.when, z3.Select(among.terms[0], self._item(case.what))))
            for case in item
            if isinstance(case.what, Scalar) and case.what.type == among.type.element
        )

    def covers(self, left: What, right: What) -> z3.BoolRef:
        """Whether every member of ``right`` is one of ``left``."""
        if isinstance(right, Listed):
            return every(self.holds(left, item) for item in right.items)
        assert isinstance(right, Scalar)
        assert isinstance(right.type, SetType)
        beyond = z3.SetDifference(right.terms[0], self._array(left, right.type))
        return no(self._world.has_member(right.type.element, beyond))

    def meets(self, left: What, right: What) -> z3.BoolRef:
        """Whether some member of ``right`` is one of ``left``."""
        if isinstance(right, Listed):
            return some(self.holds(left, item) for item in right.items)
        if isinstance(left, Listed):
            return self.meets(right, left)
        assert isinstance(left, Scalar)
        assert isinstance(right, Scalar)
        if left.type != right.type:
            return FALSE
        assert isinstance(left.type, SetType)
        return self._world.has_member(left.type.element, z3.SetIntersect(left.terms[0], right.terms[0]))

    def is_empty(self, of: What) -> z3.BoolRef:
        """Whether a set has no member."""
        if isinstance(of, Listed):
            return truth(not of.items)
        assert isinstance(of, Scalar)
        assert isinstance(of.type, SetType)
        return no(self._world.has_member(of.type.element, of.terms[0]))

    def below(self, entity: Scalar, among: What) -> z3.BoolRef | None:
        """Whether an entity is in an entity, or in any of a set of them; ``None`` where that is an error."""
        if isinstance(among, Scalar) and isinstance(among.type, EntityType):
            return self._ancestry.is_below(entity, among)
        if isinstance(among, Scalar) and isinstance(among.type, SetType):
            if not isinstance(among.type.element, EntityType):
                # Only an empty set is no error: it holds nobody.
                raise Inexpressible(f"in a set of the type {among.type}")
            return self._ancestry.is_below_any(entity, among.terms[0], among.type.element.name)
        return None

    def fields(self, of: Built | Stored) -> dict[str, tuple[z3.BoolRef, Value]]:
        """Each field that a record may have: whether it is there, and what it is then."""
        if isinstance(of, Built):
            return {name: (TRUE, value) for name, value in of.fields}
        return {name: self._world.field(of, name) for name in of.type.fields}

    def _same_fields(self, left: Built | Stored, right: Built | Stored) -> z3.BoolRef:
        if self._world.universe.read and isinstance(left, Stored) | isinstance(right, Stored):
            raise Inexpressible("two records compared, whose attributes only a schema could tell")
        mine, theirs = self.fields(left), self.fields(right)
        parts = []
        for name in {**mine, **theirs}:
            (here, one), (there, other) = mine.get(name, (FALSE, ())), theirs.get(name, (FALSE, ()))
            parts.append(some((every((here, there, self.equal(one, other))), every((no(here), no(there))))))
        return every(parts)

    def _array(self, of: What, type_: object) -> z3.ExprRef:
        """A set as an array of members like those of ``type_``; members of other types are in no such set."""
        assert isinstance(type_, SetType)
        if isinstance(of, Scalar):
            return of.terms[0] if of.type == type_ else z3.EmptySet(sort_of(type_.element))
        assert isinstance(of, Listed)
        made = z3.EmptySet(sort_of(type_.element))
        for item in of.items:
            for case in item:
                if isinstance(case.what, Scalar) and case.what.type == type_.element:
                    made = z3.If(case.when, z3.SetAdd(made, self._item(case.what)), made)
        return made

    def _item(self, what: Scalar) -> z3.ExprRef:
        term = what.terms[0]
        self._world.items[term.get_id()] = term
        return term


def is_set(what: What) -> bool:
    """Whether it is a set."""
    return isinstance(what, Listed) or (isinstance(what, Scalar) and isinstance(what.type, SetType))


def all_fine(values: tuple[Value, ...]) -> z3.BoolRef:
    """None of the values is an error."""
    return every(fine(value) for value in values)
