"""Policies that change nothing, because another one already says as much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product, repeat

from ringwall.policy.expression import Expression, Not
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema
from ringwall.policy.scope import Scope
from ringwall.policy.validation.constant import conjuncts
from ringwall.policy.validation.finding import Finding
from ringwall.policy.validation.scope_cover import Above, keys_of_covered, keys_of_covering, scope_covers


def shadowed(policies: Sequence[Policy], schema: Schema | None = None) -> Iterator[Finding]:
    """A policy that could be left away: another of the same effect has no narrower scope and no other condition; or it
    is a permit, and a forbid without conditions has no narrower scope. Templates are left alone.

    ``schema`` tells which actions stand in which group.
    """
    compared = [_Compared(policy, place, schema) for place, policy in enumerate(policies) if not policy.slots]
    common = Counter(condition for one in compared for condition in one.conditions)
    by_key: defaultdict[object, list[_Compared]] = defaultdict(list)
    for one in compared:
        for key in one.keys_of_covering(common):
            by_key[key].append(one)
    for one in compared:
        near = (other for key in one.keys_of_covered() for other in by_key.get(key, ()))
        if (other := next((other for other in near if other.makes_needless(one)), None)) is not None:
            yield _finding(one.policy, other.policy)


class _Compared:
    """A policy as what is compared of it: its scope, and its conditions in order and as a set."""

    def __init__(self, policy: Policy, place: int, schema: Schema | None) -> None:
        self.policy = policy
        self._place = place
        self._asked = tuple(_asked(policy))
        self.conditions = frozenset(self._asked)
        self._above = Above(schema)

    def keys_of_covering(self, common: Mapping[Expression, int]) -> Iterable[object]:
        """Where it is looked for: under the least common of its conditions, with what its scope names."""
        rarest = min(self._asked, key=common.__getitem__, default=None)
        return product((rarest,), *map(keys_of_covering, self._scopes()))

    def keys_of_covered(self) -> Iterable[object]:
        """Where all that can make it needless are found."""
        conditions = dict.fromkeys(self._asked)
        return product((None, *conditions), *(keys_of_covered(scope, self._above) for scope in self._scopes()))

    def makes_needless(self, other: _Compared) -> bool:
        """Whether ``other`` changes nothing beside this policy. Of two that say the same the later is needless."""
        earlier = self._place < other._place
        return self._says_as_much_as(other) and (earlier or not other._says_as_much_as(self))

    def _says_as_much_as(self, other: _Compared) -> bool:
        if not all(map(scope_covers, self._scopes(), other._scopes(), repeat(self._above))):
            return False
        if self.policy.effect == "permit":
            return other.policy.effect == "permit" and self.conditions <= other.conditions
        # An error in a forbid is a no as well, and only the same conditions err in the same way.
        return not self._asked or (other.policy.effect == "forbid" and self._asked == other._asked)

    def _scopes(self) -> tuple[Scope, Scope, Scope]:
        return self.policy.principal, self.policy.action, self.policy.resource


def _asked(policy: Policy) -> Iterator[Expression]:
    for required in policy.requires:
        yield from conjuncts(required)
    for clause in policy.clauses:
        yield from conjuncts(clause.body) if clause.kind == "when" else (Not(of=clause.body),)


def _finding(needless: Policy, other: Policy) -> Finding:
    where = f"{other.id} ({other.where})" if other.where else other.id
    if needless.effect == other.effect:
        return Finding(f"{where} says this already", needless.span, "leave one of them away", needless.id)
    return Finding(f"{where} forbids all that this permits", needless.span, "a forbid always wins", needless.id)
