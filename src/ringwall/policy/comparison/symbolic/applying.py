"""When a policy applies to the unknown request: its scope and its clauses as one formula."""

from __future__ import annotations

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
from ringwall.policy.policy import Policy
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
    """Formulas of policies, each made once. ``limits`` has what could not be said, by the policies' ``id()``."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ancestry = Ancestry(world)
        self._symbolic = Symbolic(world, self._ancestry)
        self._made: dict[int, Formula] = {}
        self._clauses: dict[Expression, _Body] = {}
        self.limits: dict[int, Limit] = {}

    def formula(self, policy: Policy) -> Formula:
        """When the policy applies, without an error; a clause with a limit may be anything."""
        if id(policy) not in self._made:
            first = len(self._ancestry.asked)
            scope = self._scope(policy)
            asked = self._ancestry.asked[first:]
            bodies = [(clause.kind, self._body(policy, clause.body)) for clause in policy.clauses]
            holds = every((scope, *(body.truth.true if kind == "when" else body.truth.false for kind, body in bodies)))
            asked += [one for _, body in bodies for one in body.asked]
            self._made[id(policy)] = Formula(policy, holds, tuple(asked))
        return self._made[id(policy)]

    def limit_of(self, policy: Policy) -> Limit | None:
        """What could not be said of a policy that has its formula."""
        return self.limits.get(id(policy))

    def _scope(self, policy: Policy) -> z3.BoolRef:
        world = self._world
        scopes = (world.action, policy.action), (world.principal, policy.principal), (world.resource, policy.resource)
        return every(self._in_scope(value, scope) for value, scope in scopes)

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

    def _body(self, policy: Policy, body: Expression) -> _Body:
        """A clause, which is one for all policies that have it: in none is it true where it is false in another."""
        known = self._clauses.get(body)
        if known is None:
            first = len(self._ancestry.asked)
            try:
                truth, reason = translate(body, self._symbolic), ""
            except Inexpressible as limit:
                truth, reason = self._anything(), str(limit)
            known = self._clauses[body] = _Body(truth, tuple(self._ancestry.asked[first:]), reason)
        if known.reason:
            self.limits.setdefault(id(policy), Limit(policy, body.span, known.reason))
        return known

    def _anything(self) -> Truth[z3.BoolRef]:
        known, errs = (z3.Bool(f"clause {len(self._clauses)}{what}") for what in ("", " errs"))
        return Truth(every((known, z3.Not(errs))), every((z3.Not(known), z3.Not(errs))))


@dataclass(frozen=True, slots=True)
class _Body:
    truth: Truth[z3.BoolRef]
    asked: tuple[Asked, ...]
    reason: str
