"""Who is below whom, as formulas: the ancestors of an entity are a set that depends on its number."""

from __future__ import annotations

from typing import NamedTuple

import z3

from ringwall.policy.comparison.symbolic.logic import FALSE, same, some
from ringwall.policy.comparison.symbolic.terms import apply
from ringwall.policy.comparison.symbolic.value import Scalar
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.types import EntityType


class Asked(NamedTuple):
    """``entity`` of the type ``low`` was asked to be below ``top``: an entity of that type, or a set of them."""

    low: str
    entity: z3.ExprRef
    top_type: str
    top: z3.ExprRef


class Ancestry:
    """``asked`` gathers who was asked to be below whom; a witness needs no other ancestors."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked: list[Asked] = []

    def is_below(self, entity: Scalar, ancestor: Scalar) -> z3.BoolRef:
        """Whether ``entity`` is ``ancestor``, or below it."""
        low, top = _type_name(entity), _type_name(ancestor)
        equal = same(entity.terms[0], ancestor.terms[0]) if low == top else FALSE
        if self._world.is_known(low) and z3.is_int_value(ancestor.terms[0]):
            return some((equal, self._member(entity.terms[0], self._world.names[ancestor.terms[0].as_long()])))
        above = self.ancestors(entity, top)
        if above is None:
            return equal
        self._ask(entity, top, ancestor.terms[0])
        return some((equal, z3.Select(above, ancestor.terms[0])))

    def is_below_any(self, entity: Scalar, among: z3.ArrayRef, top: str) -> z3.BoolRef:
        """Whether ``entity`` is in a stored set of entities of the type ``top``, or below a member of it."""
        self._world.items[entity.terms[0].get_id()] = entity.terms[0]
        itself = z3.Select(among, entity.terms[0]) if _type_name(entity) == top else FALSE
        above = self.ancestors(entity, top)
        if above is None:
            return itself
        self._ask(entity, top, among)
        both = z3.SetIntersect(among, above)
        return some((itself, self._world.has_member(EntityType(top), both)))

    def ancestors(self, entity: Scalar, type_: str) -> z3.ArrayRef | None:
        """The set of the entity's ancestors that have the type; ``None`` where it can have none."""
        mine = _type_name(entity)
        if self._world.is_known(mine):
            return self._groups(entity, type_)
        declared = self._world.universe.entity_types.get(mine)
        if declared is None or type_ not in declared.ancestors:
            return None
        return above(mine, entity.terms[0], type_)

    def _ask(self, entity: Scalar, top_type: str, top: z3.ExprRef) -> None:
        low = _type_name(entity)
        if not self._world.is_known(low):
            self.asked.append(Asked(low, entity.terms[0], top_type, top))

    def _member(self, action: z3.ExprRef, group: EntityUid) -> z3.BoolRef:
        assert self._world.universe.groups is not None
        members = [uid for uid, groups in self._world.universe.groups.items() if group in groups]
        return some(same(action, z3.IntVal(self._world.number(uid))) for uid in members)

    def _groups(self, action: Scalar, type_: str) -> z3.ArrayRef | None:
        assert self._world.universe.groups is not None
        found: z3.ArrayRef | None = None
        empty = z3.EmptySet(z3.IntSort())
        for uid, groups in self._world.universe.groups.items():
            above = empty
            for group in sorted(groups):
                if group.type == type_:
                    above = z3.SetAdd(above, z3.IntVal(self._world.number(group)))
            if above is not empty:
                found = z3.If(action.terms[0] == self._world.number(uid), above, empty if found is None else found)
        return found


def above(mine: str, entity: z3.ExprRef, type_: str) -> z3.ArrayRef:
    """The numbers of the ancestors that have ``type_``, of an entity whose type is ``mine``."""
    return apply(f"{mine} in {type_}", (entity,), z3.SetSort(z3.IntSort()))


def _type_name(entity: Scalar) -> str:
    assert isinstance(entity.type, EntityType)
    return entity.type.name
