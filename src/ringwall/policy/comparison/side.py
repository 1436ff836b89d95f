"""One of the two sets that are compared: what it has alone, and the engine that answers for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.expression import Literal
from ringwall.policy.policy import Policy
from ringwall.policy.walk import walk


@dataclass(frozen=True, slots=True)
class Side:
    """``own`` are the ids of the policies that the other set has not, whatever they are called there."""

    policies: dict[str, Policy]
    own: frozenset[str]
    engine: CedarEngine
    _by_scope: Mapping[object, list[Policy]]

    @property
    def texts(self) -> frozenset[str]:
        """The texts that its policies name."""
        bodies = (clause.body for policy in self.policies.values() for clause in policy.clauses)
        literals = (part.value for body in bodies for part in walk(body) if isinstance(part, Literal))
        return frozenset(value for value in literals if isinstance(value, str))

    def only(self, effect: str) -> list[Policy]:
        """Its own policies of one effect."""
        return [self.policies[id_] for id_ in self.policies if id_ in self.own and self.policies[id_].effect == effect]

    def twins(self, policy: Policy) -> list[Policy]:
        """Its own policies of the same effect and scope: an earlier or later self of ``policy``."""
        return self._by_scope.get((policy.effect, _scope(policy)), [])

    def forbids(self) -> list[Policy]:
        """All its forbids."""
        return [policy for policy in self.policies.values() if policy.effect == "forbid"]

    def permits(self) -> list[Policy]:
        """All its permits."""
        return [policy for policy in self.policies.values() if policy.effect == "permit"]


def sides(before: Sequence[Policy], after: Sequence[Policy]) -> tuple[Side, Side]:
    """Both sets, each knowing what the other lacks."""
    in_before, in_after = ({_meaning(policy) for policy in policies} for policies in (before, after))
    return _side(before, in_after), _side(after, in_before)


def _side(policies: Sequence[Policy], others: set[object]) -> Side:
    own = [policy for policy in policies if _meaning(policy) not in others]
    by_scope: dict[object, list[Policy]] = {}
    for policy in own:
        by_scope.setdefault((policy.effect, _scope(policy)), []).append(policy)
    ids = frozenset(policy.id for policy in own)
    return Side({policy.id: policy for policy in policies}, ids, CedarEngine(policies), by_scope)


def _meaning(policy: Policy) -> object:
    """What decides; not its id, its annotations, or where it was written."""
    return policy.effect, _scope(policy), policy.clauses


def _scope(policy: Policy) -> object:
    return policy.principal, policy.action, policy.resource
