"""The smallest change of facts that would turn a decision, found by trying: each answer was given by the engine."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.candidates import candidates
from ringwall.policy.explanation.entity_world import EntityWorld
from ringwall.policy.explanation.explain import given
from ringwall.policy.explanation.facts import Change, Facts
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet

LARGEST, MOST = 3, 3
"""So many facts are changed at most, and so many ways are told."""

_TRIES = 4_000


def flips(
    policies: Iterable[Policy] | PolicySet, request: Request, entities: Entities, tries: int = _TRIES
) -> list[tuple[Change, ...]]:
    """Up to three ways, all of the fewest changes that turn the decision; none where no way was found.

    At most three facts are changed, and at most ``tries`` worlds tried. As at a guard, a forbid that errs is a no.
    """
    judge = _Judge(given(policies))
    facts = Facts.around(request, entities, judge.policies)
    now = judge.allows(facts)
    found: list[tuple[Change, ...]] = []
    world = EntityWorld(request, entities)
    single = {
        (change.fact, repr(change.after)): change for policy in judge.policies for change in candidates(policy, world)
    }
    for size in range(1, LARGEST + 1):
        for changes in combinations(single.values(), size):
            if len({change.fact for change in changes}) < size:
                continue
            if tries <= 0 or len(found) == MOST:
                return found
            tries -= 1
            if judge.allows(facts.changed(changes)) is (not now):
                found.append(changes)
        if found:
            break
    return found


class _Judge:
    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies.policies
        self._engine = CedarEngine(policies)
        self._forbids = frozenset(policy.id for policy in self.policies if policy.effect == "forbid")

    def allows(self, facts: Facts) -> bool | None:
        """The decision; ``None`` for facts that cannot be, such as an entity above itself."""
        try:
            world = facts.world()
        except Misconfigured:
            return None
        response = self._engine.respond(facts.request, world)
        return response.allowed and self._forbids.isdisjoint(error.policy_id for error in response.errors)
