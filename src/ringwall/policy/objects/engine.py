"""The guard's engine: policies compiled once, found by index, and Cedar's answer from them.

The answer is Cedar's own (language 4.5): nothing is permitted by default, one forbid overrides every permit, and a
policy that errs is skipped and reported. What an error must mean for a guard is decided above, by the ``Authorizer``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from ringwall.caller import Caller
from ringwall.policy.actions import covers
from ringwall.policy.objects.context import NO_CONTEXT, Context
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.plan import Plan
from ringwall.policy.objects.resource import may_be
from ringwall.policy.policy import Policy

Kind: TypeAlias = "type | str"
Judged: TypeAlias = tuple[tuple[Entry, ...], tuple[Entry, ...], tuple[Entry, ...]]


class Response(NamedTuple):
    """Cedar's answer: the satisfied policies that decided it, and the policies that erred."""

    allowed: bool
    reasons: tuple[Entry, ...]
    errors: tuple[Entry, ...]


class Engine:
    """An immutable set of policies. Any number of threads may ask it at once.

    A plan is made when an action is first asked about a kind of resource, and kept; two threads that make the same one
    make equal ones. A template decides nothing.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._entries = tuple(Entry(policy) for policy in policies)
        self._plans: dict[tuple[str, Kind], Plan] = {}

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies, in the order they were given."""
        return tuple(entry.policy for entry in self._entries)

    def including(self, policies: Iterable[Policy]) -> Engine:
        """A new engine with more policies; what was compiled stays compiled."""
        more = Engine(policies)
        more._entries = self._entries + more._entries  # still private to this call
        return more

    def plan(self, action: str, kind: Kind) -> Plan:
        """The policies in whose scope are this action and this class of resource, or an entity type by name."""
        return self._plans.get((action, kind)) or self._make(action, kind)

    def judge(self, caller: Caller, action: str, resource: Any, kind: Kind, context: Context) -> Judged:
        """The policies that hold, permits and forbids apart, and those that err."""
        permits: tuple[Entry, ...] = ()
        forbids: tuple[Entry, ...] = ()
        errors: tuple[Entry, ...] = ()
        plan = self._plans.get((action, kind)) or self._make(action, kind)
        for entry in plan.find(caller, resource):
            holds = entry.holds
            try:
                if holds is None or holds(caller, action, resource, context):
                    if entry.permits:
                        permits += (entry,)
                    else:
                        forbids += (entry,)
            except Exception:  # noqa: BLE001  whatever an attribute raises, it is an error of the policy
                errors += (entry,)
        return permits, forbids, errors

    def respond(
        self, caller: Caller, action: str, resource: Any, kind: Kind, context: Context = NO_CONTEXT
    ) -> Response:
        """Cedar's response for one request."""
        permits, forbids, errors = self.judge(caller, action, resource, kind, context)
        return Response(bool(permits) and not forbids, forbids or permits, errors)

    def _make(self, action: str, kind: Kind) -> Plan:
        plan = Plan()
        for entry in self._entries:
            policy = entry.policy
            if covers(policy.action, action) and may_be(policy, kind) and not policy.slots:
                plan.add(entry.about(kind))
        self._plans[action, kind] = plan
        return plan
