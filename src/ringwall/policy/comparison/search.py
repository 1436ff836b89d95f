"""The search for a request that one set of policies allows and another does not.

It begins with a policy that only one set has and that must therefore apply, asks the solver for such a request, and
asks both engines about it. Where their answers do not differ, the policies that stood in the way are said to the
solver, and it is asked again. So most policies of two large sets, and above all those that both have, are never
translated. That nothing is found is a proof all the same: leaving conditions out can only make more requests look
possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ringwall.policy.comparison.readable import readable
from ringwall.policy.comparison.side import Side
from ringwall.policy.comparison.symbolic.applying import Applying, Limit
from ringwall.policy.comparison.symbolic.asking import Asking
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.engine import Response
from ringwall.policy.evaluation.request import Request
from ringwall.policy.policy import Policy

_PATIENCE = 12
"""Rounds after which everything that could stand in the way is said at once."""

_ROUNDS = 100
_TWINS = 8


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A request that the engine answers differently for two sets. The search for it began with ``policy``."""

    policy: Policy
    request: Request
    entities: Entities
    denying: Response
    allowing: Response


@dataclass(slots=True)
class Findings:
    """What was found. ``undecided``: why there might be more; ``more``: the search stopped because it had enough."""

    found: list[Counterexample] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    more: bool = False


class Search:
    """Searches over one world; what is translated once serves every search."""

    def __init__(self, world: World, deadline: float, most: int) -> None:
        self._applying = Applying(world)
        self._asking = Asking(world, deadline)
        self._most = most

    @property
    def limits(self) -> Iterable[Limit]:
        """What could not be said exactly, of the policies that were needed."""
        return self._applying.limits.values()

    def newly_allowed(self, denying: Side, allowing: Side) -> Findings:
        """Requests that ``allowing`` allows and ``denying`` does not.

        There is one only if a permit applies that ``denying`` has not, and none that it has; or if a forbid of its own
        applies that ``allowing`` has not.
        """
        findings = Findings()
        for permit in allowing.only("permit"):
            if not self._enough(findings):
                self._begin(findings, permit, denying, allowing)
        for forbid in denying.only("forbid"):
            if not self._enough(findings):
                self._begin(findings, forbid, denying, allowing)
        return findings

    def _enough(self, findings: Findings) -> bool:
        if len(findings.found) >= self._most:
            findings.more = True
        return findings.more or self._asking.late in findings.undecided

    def _begin(self, findings: Findings, start: Policy, denying: Side, allowing: Side) -> None:
        """Look for one request to which ``start`` applies."""
        with self._asking.scope():
            attempt = _Attempt(self._applying, self._asking, start, denying, allowing)
            for _ in range(_ROUNDS):
                witness = self._asking.ask()
                if not witness:
                    return
                if isinstance(witness, str):
                    findings.undecided.append(witness)
                    return
                asked = witness.request, witness.entities
                denied, allowed = denying.engine.respond(*asked), allowing.engine.respond(*asked)
                if allowed.allowed and not denied.allowed:
                    findings.found.append(_counterexample(start, asked, denying, allowing))
                    return
                if not attempt.say_more(denied, allowed):
                    findings.undecided.append(attempt.doubt())
                    return
        findings.undecided.append(f"{start.id}: no end after {_ROUNDS} attempts")


class _Attempt:
    """What the solver was told in one search, and what it can still be told."""

    def __init__(self, applying: Applying, asking: Asking, start: Policy, denying: Side, allowing: Side) -> None:
        self._applying = applying
        self._asking = asking
        self._start = start
        self._denying = denying
        self._allowing = allowing
        self._said: dict[int, Policy] = {}
        self._rounds = 0
        self._permits_said = self._starts_with_permit = start.effect == "permit"
        self._all_said = False
        asking.applies(applying.formula(start))
        # Most changes are to one policy: its old self is what stands in the way.
        self._exclude((denying if self._starts_with_permit else allowing).twins(start)[:_TWINS])

    def say_more(self, denied: Response, allowed: Response) -> bool:
        """Tell the solver why the answers to its last request do not differ. False where it knows all of it already."""
        in_the_way: list[Policy] = []
        if denied.allowed and self._starts_with_permit:
            in_the_way += [self._denying.policies[id_] for id_ in denied.reasons]
        if not allowed.allowed:
            in_the_way += [self._allowing.policies[id_] for id_ in allowed.reasons]
        self._rounds += 1
        more = [policy for policy in in_the_way if id(policy) not in self._said]
        if more and self._rounds <= _PATIENCE:
            self._exclude(more)
        elif not self._permits_said:
            self._asking.one_applies(self._applying.formula(policy) for policy in self._allowing.permits())
            self._permits_said = True
        elif not self._all_said:
            self._exclude([*(self._denying.permits() if self._starts_with_permit else ()), *self._allowing.forbids()])
            self._all_said = True
        else:
            return False
        return True

    def doubt(self) -> str:
        """The solver and the engine disagree: a clause with a limit, or a limit of this program. Never a result."""
        for policy in (self._start, *self._said.values()):
            if (limit := self._applying.limit_of(policy)) is not None:
                return f"{policy.id} cannot be told: {limit.reason}"
        return f"{self._start.id}: a request that the solver found does not replay in the engine"

    def _exclude(self, policies: Iterable[Policy]) -> None:
        for policy in policies:
            self._said[id(policy)] = policy
            self._asking.applies_not(self._applying.formula(policy))


def _counterexample(start: Policy, asked: tuple[Request, Entities], denying: Side, allowing: Side) -> Counterexample:
    def still(other: tuple[Request, Entities]) -> bool:
        return allowing.engine.respond(*other).allowed and not denying.engine.respond(*other).allowed

    shown = readable(asked, denying.texts | allowing.texts, still)
    return Counterexample(start, *shown, denying.engine.respond(*shown), allowing.engine.respond(*shown))
