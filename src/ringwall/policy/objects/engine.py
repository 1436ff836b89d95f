"""The guard's engine: policies compiled once, found by index, and Cedar's answer from them.

The answer is Cedar's own (language 4.5): nothing is permitted by default, one forbid overrides every permit, and a
policy that errs is skipped and reported. What an error must mean for a guard is decided above, by the ``Authorizer``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from ringwall.caller import Caller
from ringwall.decision import RuleOutcome
from ringwall.policy.actions import covers
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.explanation.unfold import Node, unfold
from ringwall.policy.expression import reads
from ringwall.policy.objects.entity import sealed_names
from ringwall.policy.objects.predicate import Predicate, Predicates, compile_policy
from ringwall.policy.objects.principal import role_of, speaks_about, uid_of
from ringwall.policy.objects.resource import may_be
from ringwall.policy.policy import Policy
from ringwall.policy.scope import Anything, EqualTo

Kind: TypeAlias = "type | str"


class Entry:
    """A policy in the index, with its condition as two predicates; ``None`` for one that always holds.

    ``said`` is its outcome where it holds, made once; ``unfolded`` its condition as a tree, made when first explained.
    """

    __slots__ = ("_unfolded", "fails", "holds", "permits", "policy", "said")

    def __init__(self, policy: Policy, holds: Predicate | None, fails: Predicate | None) -> None:
        self.policy, self.holds, self.fails = policy, holds, fails
        self.permits = policy.effect == "permit"
        self.said = RuleOutcome(
            policy.id, policy.effect, policy.sentence, policy.where, held=True, public=policy.public
        )
        self._unfolded: Node | None = None

    @property
    def unfolded(self) -> Node:
        """The policy as a tree of conditions that can be explained; see ``unfold``."""
        if self._unfolded is None:
            self._unfolded = unfold(self.policy)
        return self._unfolded

    def outcome(self, caller: Caller, resource: object) -> bool | None:
        """Whether the condition is true or false, or ``None`` where it errs; whatever reading raises is an error."""
        if self.holds is None or self.fails is None:
            return True
        try:
            if self.holds(caller, resource):
                return True
            return False if self.fails(caller, resource) else None
        except Exception:  # noqa: BLE001  whatever an attribute raises, it is an error of the policy
            return None


class Response(NamedTuple):
    """Cedar's answer: the satisfied policies that decided it, and the policies that erred."""

    allowed: bool
    reasons: tuple[Entry, ...]
    errors: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The policies for one action on one kind of resource, found by who asks: anyone, holders of a role, one principal.

    ``others`` have a scope that no index finds; it is asked of each caller.
    """

    anyone: list[Entry] = field(default_factory=list)
    by_role: dict[str, list[Entry]] = field(default_factory=dict)
    by_uid: dict[EntityUid, list[Entry]] = field(default_factory=dict)
    others: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Put a policy where its scope says."""
        match entry.policy.principal:
            case Anything():
                self.anyone.append(entry)
            case EqualTo(entity=EntityUid() as uid):
                self.by_uid.setdefault(uid, []).append(entry)
            case _ if role := role_of(entry.policy):
                self.by_role.setdefault(role, []).append(entry)
            case _:
                self.others.append(entry)

    def entries(self, caller: Caller) -> list[Entry]:
        """The policies whose scope includes this caller."""
        found = self.anyone
        if self.by_role:
            for role in caller.roles:
                if role in self.by_role:
                    found = found + self.by_role[role]
        if self.by_uid:
            found = found + self.by_uid.get(uid_of(caller), [])
        if self.others:
            found = found + [entry for entry in self.others if speaks_about(entry.policy.principal, caller)]
        return found

    def all(self) -> list[Entry]:
        """Every policy of the plan, whoever asks."""
        scoped = [*self.by_role.values(), *self.by_uid.values(), self.others]
        return self.anyone + [entry for entries in scoped for entry in entries]


class Engine:
    """An immutable set of policies. Any number of threads may ask it at once.

    A plan is made when an action is first asked about a kind of resource, and kept; two threads that make the same one
    make equal ones.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._compiled = tuple((policy, compile_policy(policy)) for policy in policies)
        self._plans: dict[tuple[str, Kind], Plan] = {}

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies, in the order they were given."""
        return tuple(policy for policy, _ in self._compiled)

    def including(self, policies: Iterable[Policy]) -> Engine:
        """A new engine with more policies; what was compiled stays compiled."""
        more = Engine(policies)
        more._compiled = self._compiled + more._compiled  # still private to this call
        return more

    def plan(self, action: str, kind: Kind) -> Plan:
        """The policies in whose scope are this action and this class of resource, or an entity type by name."""
        plan = self._plans.get((action, kind))
        return plan if plan is not None else self._make(action, kind)

    def respond(self, caller: Caller, action: str, resource: object, kind: Kind) -> Response:
        """Cedar's response for one request."""
        permits: tuple[Entry, ...] = ()
        forbids: tuple[Entry, ...] = ()
        errors: tuple[Entry, ...] = ()
        plan = self._plans.get((action, kind)) or self._make(action, kind)
        for entry in plan.entries(caller):
            outcome = entry.outcome(caller, resource)
            if outcome is None:
                errors += (entry,)
            elif outcome and entry.permits:
                permits += (entry,)
            elif outcome:
                forbids += (entry,)
        return Response(bool(permits) and not forbids, forbids or permits, errors)

    def _make(self, action: str, kind: Kind) -> Plan:
        plan = Plan()
        for policy, predicates in self._compiled:
            if covers(policy.action, action) and may_be(policy, kind):
                plan.add(_entry(policy, predicates, kind))
        self._plans[action, kind] = plan
        return plan


def _entry(policy: Policy, predicates: Predicates | None, kind: Kind) -> Entry:
    if predicates is None:
        return Entry(policy, None, None)
    read = reads(policy.condition) if policy.condition is not None else []
    if not isinstance(kind, str) and any(path[0] in sealed_names(kind) for path in read):
        # The policy was read before its class was known: it errs now rather than open a sealed value.
        return Entry(policy, _never, _never)
    return Entry(policy, predicates.holds, predicates.fails)


def _never(caller: Caller, resource: object) -> bool:  # noqa: ARG001
    return False
