"""May this caller do this to that? The engine's answer, made safe for a guard: an error never becomes a yes."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ringwall.caller import Caller
from ringwall.decision import Decision, RuleOutcome
from ringwall.errors import Misconfigured
from ringwall.policy.actions import groups_of, is_group, named
from ringwall.policy.explanation import refusal
from ringwall.policy.explanation.refusal import Question
from ringwall.policy.objects.engine import Engine, Entry, Kind
from ringwall.policy.objects.entity import entity_text
from ringwall.policy.objects.principal import service_of
from ringwall.policy.policy import Policy

_APPLICATION = "Application"


class Authorizer:
    """An immutable set of policies and known actions. Any number of threads may ask it; a change makes a new one.

    Above Cedar's own answer it adds three things. A forbid that errs is a no. A ``role`` that a mark asks for must be
    held beside the action. And whoever calls on a person's behalf must be permitted too: the immediate caller only,
    since each service before it was judged by the one it called.
    """

    def __init__(self, policies: Iterable[Policy] = (), actions: Iterable[str] = ()) -> None:
        self._engine = Engine(policies)
        self._asked = frozenset(actions)
        self._known = self._asked | _named(self._engine.policies)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies, in the order they were added."""
        return self._engine.policies

    @property
    def actions(self) -> frozenset[str]:
        """The actions that marks ask for or rules name; groups are not among them."""
        return self._known

    def including(self, policies: Iterable[Policy] = (), actions: Iterable[str] = ()) -> Authorizer:
        """A new authorizer with more policies and actions; this one stays as it is."""
        more = Authorizer()
        more._engine = self._engine.including(policies)  # still private to this call
        more._asked = self._asked | frozenset(actions)
        more._known = more._asked | _named(more._engine.policies)
        return more

    def check(self) -> None:
        """Raise ``Misconfigured`` for a policy about an action that no mark asks for: most likely a slip."""
        for policy in self.policies:
            for name in named(policy.action):
                if not any(name in (action, *groups_of(action)) for action in self._asked):
                    near = get_close_matches(name, self._asked, 1)
                    hint = f"did you mean {near[0]}?" if near else f"the marks ask for {', '.join(sorted(self._asked))}"
                    raise Misconfigured(
                        f"policy {policy.id} is for {name}, which no mark asks for", hint=hint, where=policy.where
                    )

    def decide(
        self,
        caller: Caller,
        action: str,
        resource: object | None = None,
        *,
        role: str | None = None,
        resource_type: str = _APPLICATION,
    ) -> Decision:
        """Whether ``caller`` may do ``action`` to ``resource``, any object; without one, to the ``resource_type``.

        A no is explained in full; a yes names its rules. Never raises for what a caller or a resource may hold.
        """
        kind: Kind = resource_type if resource is None else resource.__class__
        if action not in self._known:
            near = get_close_matches(action, self._known, 1)
            return refusal.unknown_action(_question(caller, action, resource, kind), near[0] if near else "")
        response = self._engine.respond(caller, action, resource, kind)
        if (
            response.allowed
            and (not response.errors or all(entry.permits for entry in response.errors))
            and (role is None or role in caller.roles)
            and (caller.actor is None or self.actor_may(caller.actor, action, resource, kind))
        ):
            reasons = tuple([entry.said for entry in response.reasons])
            return Decision(True, action, str(caller), _text(resource, kind), reasons[0].sentence, reasons=reasons)
        question = _question(caller, action, resource, kind)
        against = [entry for entry in (*response.reasons, *response.errors) if not entry.permits]
        if against:
            return refusal.forbidden(question, against[0])
        if not response.allowed:
            permits = [entry for entry in self._engine.plan(action, kind).all() if entry.permits]
            return refusal.no_permit(question, permits)
        if role is not None and role not in caller.roles:
            return refusal.role_missing(question, role)
        assert caller.actor is not None
        return refusal.actor_may_not(question, caller.actor)

    def outcomes(self, caller: Caller, action: str, resource: object | None = None) -> tuple[RuleOutcome, ...]:
        """Every rule in scope of the question, unfolded with its values: the whole reason of a yes or a no."""
        entries = self.entries(caller, action, _APPLICATION if resource is None else resource.__class__)
        return tuple(refusal.outcome_of(entry, caller, resource) for entry in entries)

    def entries(self, caller: Caller, action: str, kind: Kind) -> list[Entry]:
        """The compiled rules that speak of this caller, action and class; the list filter is made from them."""
        return self._engine.plan(action, kind).entries(caller) if action in self._known else []

    def actor_entries(self, actor: Caller, action: str, kind: Kind) -> list[Entry]:
        """The rules that an actor is judged by: every permit, and the forbids that name it.

        Other forbids speak of the person, who is the principal; they see the actor as ``caller.actor``.
        """
        entries = self.entries(actor, action, kind)
        return [entry for entry in entries if entry.permits or service_of(entry.policy)]

    def actor_may(self, actor: Caller, action: str, resource: object | None, kind: Kind) -> bool:
        """Whether a service may do this in its own name."""
        entries = self.actor_entries(actor, action, kind)
        outcomes = [(entry.permits, entry.outcome(actor, resource)) for entry in entries]
        return (True, True) in outcomes and all(permits or outcome is False for permits, outcome in outcomes)


def _named(policies: tuple[Policy, ...]) -> frozenset[str]:
    return frozenset(name for policy in policies for name in named(policy.action) if not is_group(name))


def _text(resource: object | None, kind: Kind) -> str:
    if resource is not None:
        return entity_text(resource)
    return "" if kind == _APPLICATION else str(kind)


def _question(caller: Caller, action: str, resource: object | None, kind: Kind) -> Question:
    return Question(caller, action, resource, _text(resource, kind))
