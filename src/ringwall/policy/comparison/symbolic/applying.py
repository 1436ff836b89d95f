"""When a policy applies to the unknown request: its scope and its clauses as one formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import z3

from ringwall.policy.comparison.symbolic.ancestry import Ancestry, Asked
from ringwall.policy.comparison.symbolic.backend import Symbolic
from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.logic import every, some
from ringwall.policy.comparison.symbolic.value import Scalar, Value
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Expression
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.schema.types import EntityType
from ringwall.policy.scope import Anything, EqualTo, OfType, Scope, Within, WithinAny
from ringwall.policy.source import Span
from ringwall.policy.translation import Truth, translate


@dataclass(frozen=True, slots=True)
class Limit:
    """A clause that no formula says exactly. The proof treats it as either true, false or an error."""

    policy: Policy
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Formula:
    """``holds`` exactly where the policy applies. ``asked`` are the questions of hierarchy in it."""

    policy: Policy
    holds: z3.BoolRef
    asked: tuple[Asked, ...]


class Applying:
    """Formulas of policies, each made once. ``limits`` has what could not be said, by the policy it stands in."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ancestry = Ancestry(world)
        self._symbolic = Symbolic(world, self._ancestry)
        self._made: dict[int, Formula] = {}
        self._unknown: dict[Expression, z3.BoolRef] = {}
        self.limits: dict[str, Limit] = {}

    def formula(self, policy: Policy) -> Formula:
        """When the policy applies, without an error; a clause with a limit may be anything."""
        if id(policy) not in self._made:
            first = len(self._ancestry.asked)
            holds = every(self._parts(policy))
            self._made[id(policy)] = Formula(policy, holds, tuple(self._ancestry.asked[first:]))
        return self._made[id(policy)]

    def _parts(self, policy: Policy) -> Iterator[z3.BoolRef]:
        world = self._world
        yield self._in_scope(world.action, policy.action)
        yield self._in_scope(world.principal, policy.principal)
        yield self._in_scope(world.resource, policy.resource)
        for clause in policy.clauses:
            yield self._clause(policy, clause)

    def _in_scope(self, value: Value, scope: Scope) -> z3.BoolRef:
        match scope:
            case Anything():
                return every(())
            case EqualTo():
                return self._symbolic.equal(value, self._entity(scope.entity)).true
            case Within():
                return self._below(value, (scope.entity,))
            case WithinAny():
                return self._below(value, scope.entities)
        return every((self._typed(value, scope), self._below(value, (scope.within,)) if scope.within else every(())))

    def _below(self, value: Value, places: tuple[object, ...]) -> z3.BoolRef:
        tops = [case.what for place in places for case in self._entity(place)]
        return some(
            every((case.when, self._ancestry.is_below(case.what, top)))
            for case in value
            for top in tops
            if isinstance(case.what, Scalar) and isinstance(top, Scalar)
        )

    def _entity(self, place: object) -> Value:
        assert isinstance(place, EntityUid), "a template applies to nothing before it is linked"
        return self._world.entity(place)

    @staticmethod
    def _typed(value: Value, scope: OfType) -> z3.BoolRef:
        wanted = EntityType(scope.type)
        return some(case.when for case in value if isinstance(case.what, Scalar) and case.what.type == wanted)

    def _clause(self, policy: Policy, clause: Clause) -> z3.BoolRef:
        try:
            truth = translate(clause.body, self._symbolic)
        except Inexpressible as limit:
            self.limits.setdefault(policy.id, Limit(policy, clause.body.span, str(limit)))
            truth = self._anything(clause.body)
        return truth.true if clause.kind == "when" else truth.false

    def _anything(self, body: Expression) -> Truth[z3.BoolRef]:
        # One unknown for each text: the same clause in two policies is true in both or in neither.
        known = self._unknown.setdefault(body, z3.Bool(f"clause {len(self._unknown)}"))
        errs = z3.Bool(f"{known} errs")
        return Truth(every((known, z3.Not(errs))), every((z3.Not(known), z3.Not(errs))))
