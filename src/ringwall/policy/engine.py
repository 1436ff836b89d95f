"""The engine: rules compiled once, found by index, and Cedar's answer from them.

The answer is Cedar's own (language 4.5): nothing is permitted by default, one forbid overrides every permit, and a rule
that errs is skipped and reported. What an error must mean for a guard is decided above, by the ``Authorizer``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from ringwall.caller import Caller
from ringwall.decision import RuleOutcome
from ringwall.policy.entity import sealed_names
from ringwall.policy.expression import reads
from ringwall.policy.python_predicate import Predicate, Predicates, compile_rule
from ringwall.policy.rule import Rule
from ringwall.policy.unfold import Node, unfold

Kind: TypeAlias = "type | str"


class Entry:
    """A rule in the index, with its condition as two predicates; ``None`` for one that always holds.

    ``said`` is its outcome where it holds, made once; ``unfolded`` its condition as a tree, made when first explained.
    """

    __slots__ = ("_unfolded", "fails", "holds", "permits", "rule", "said")

    def __init__(self, rule: Rule, holds: Predicate | None, fails: Predicate | None) -> None:
        self.rule, self.holds, self.fails = rule, holds, fails
        self.permits = rule.effect == "permit"
        self.said = RuleOutcome(rule.id, rule.effect, rule.sentence, rule.where, held=True, public=rule.public)
        self._unfolded: Node | None = None

    @property
    def unfolded(self) -> Node:
        """The rule as a tree of conditions that can be explained; see ``unfold``."""
        if self._unfolded is None:
            self._unfolded = unfold(self.rule)
        return self._unfolded

    def outcome(self, caller: Caller, resource: object) -> bool | None:
        """Whether the condition is true or false, or ``None`` where it errs; whatever reading raises is an error."""
        if self.holds is None or self.fails is None:
            return True
        try:
            if self.holds(caller, resource):
                return True
            return False if self.fails(caller, resource) else None
        except Exception:  # noqa: BLE001  whatever an attribute raises, it is an error of the rule
            return None


class Response(NamedTuple):
    """Cedar's answer: the satisfied rules that decided it, and the rules that erred."""

    allowed: bool
    reasons: tuple[Entry, ...]
    errors: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules for one action on one kind of resource, found by who asks: anyone, holders of a role, one service."""

    anyone: list[Entry] = field(default_factory=list)
    by_role: dict[str, list[Entry]] = field(default_factory=dict)
    by_service: dict[str, list[Entry]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Put a rule where its scope says."""
        if entry.rule.role:
            self.by_role.setdefault(entry.rule.role, []).append(entry)
        elif entry.rule.service:
            self.by_service.setdefault(entry.rule.service, []).append(entry)
        else:
            self.anyone.append(entry)

    def entries(self, caller: Caller) -> list[Entry]:
        """The rules whose scope includes this caller."""
        found = self.anyone
        if self.by_role:
            for role in caller.roles:
                if role in self.by_role:
                    found = found + self.by_role[role]
        if self.by_service and caller.kind == "service":
            found = found + self.by_service.get(caller.id, [])
        return found

    def all(self) -> list[Entry]:
        """Every rule of the plan, whoever asks."""
        scoped = [*self.by_role.values(), *self.by_service.values()]
        return self.anyone + [entry for entries in scoped for entry in entries]


class Engine:
    """An immutable set of rules. Any number of threads may ask it at once.

    A plan is made when an action is first asked about a kind of resource, and kept; two threads that make the same one
    make equal ones.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._compiled = tuple((rule, compile_rule(rule)) for rule in rules)
        self._plans: dict[tuple[str, Kind], Plan] = {}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order they were given."""
        return tuple(rule for rule, _ in self._compiled)

    def including(self, rules: Iterable[Rule]) -> Engine:
        """A new engine with more rules; what was compiled stays compiled."""
        more = Engine(rules)
        more._compiled = self._compiled + more._compiled  # still private to this call
        return more

    def plan(self, action: str, kind: Kind) -> Plan:
        """The rules in whose scope are this action and this class of resource, or an entity type by name."""
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
        for rule, predicates in self._compiled:
            if rule.speaks_of(action, kind):
                plan.add(_entry(rule, predicates, kind))
        self._plans[action, kind] = plan
        return plan


def _entry(rule: Rule, predicates: Predicates | None, kind: Kind) -> Entry:
    if predicates is None or rule.condition is None:
        return Entry(rule, None, None)
    if not isinstance(kind, str) and any(path[0] in sealed_names(kind) for path in reads(rule.condition)):
        # The rule was read before its class was known: it errs now rather than open a sealed value.
        return Entry(rule, _never, _never)
    return Entry(rule, predicates.holds, predicates.fails)


def _never(caller: Caller, resource: object) -> bool:  # noqa: ARG001
    return False
