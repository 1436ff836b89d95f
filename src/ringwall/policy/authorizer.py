"""May this caller do this to that? The engine's answer, made safe for a guard: an error never becomes a yes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from ringwall.caller import Caller
from ringwall.decision import Decision, RuleOutcome
from ringwall.policy.actions import covers, is_group, named
from ringwall.policy.explanation import refusal
from ringwall.policy.objects.context import NO_CONTEXT, Context, reads_context
from ringwall.policy.objects.engine import Engine, Kind
from ringwall.policy.objects.entity import key_of, key_text
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.question import Question
from ringwall.policy.objects.specialise import specialised
from ringwall.policy.objects.witness import Paths, Witness, paths_read, witnessed
from ringwall.policy.policy import Policy
from ringwall.policy.scope import Anything

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
        self._timely: dict[str, bool] = {}
        self._read: dict[tuple[str, Kind], Paths] = {}

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies, in the order they were added."""
        return self._engine.policies

    @property
    def asked(self) -> frozenset[str]:
        """The actions that marks ask for."""
        return self._asked

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

    def depends_on_context(self, action: str) -> bool:
        """Whether the time or the client's address may change the answer, so that a yes must not be kept."""
        known = self._timely.get(action)
        if known is None:
            policies = (policy for policy in self.policies if covers(policy.action, action))
            known = self._timely[action] = any(
                policy.condition is not None and reads_context(policy.condition) for policy in policies
            )
        return known

    def decide(
        self,
        caller: Caller,
        action: str,
        resource: object | None = None,
        *,
        role: str | None = None,
        resource_type: str = _APPLICATION,
        context: Context = NO_CONTEXT,
    ) -> Decision:
        """Whether ``caller`` may do ``action`` to ``resource``, any object; without one, to the ``resource_type``.

        A no is explained in full; a yes names its rules. Never raises for what a caller or a resource may hold.
        """
        kind: Kind = resource_type if resource is None else resource.__class__
        if action not in self._known:
            near = get_close_matches(action, self._known, 1)
            question = Question(caller, action, resource, context)
            return refusal.unknown_action(question, _text(kind, key_of(resource)), near[0] if near else "")
        permits, forbids, errors = self._engine.judge(caller, action, resource, kind, context)
        if errors:
            forbids += tuple(entry for entry in errors if not entry.permits)
        if (
            permits
            and not forbids
            and (role is None or role in caller.roles)
            and (caller.actor is None or self.actor_may(caller.actor, action, resource, kind, context))
        ):
            return Decision.yes(action, _told, (caller, kind, key_of(resource), permits))
        question, text = Question(caller, action, resource, context), _text(kind, key_of(resource))
        if forbids:
            return refusal.forbidden(question, text, forbids[0])
        if not permits:
            candidates = [entry for entry in self._engine.plan(action, kind).all() if entry.permits]
            return refusal.no_permit(question, text, candidates)
        if role is not None and role not in caller.roles:
            return refusal.role_missing(question, text, role)
        assert caller.actor is not None
        return refusal.actor_may_not(question, text, caller.actor)

    def witness(
        self, action: str, resource: object | None = None, *, role: str = "", context: Context = NO_CONTEXT
    ) -> Witness:
        """What the policies about this action and class read of the resource, as it stands now: for the record."""
        kind = resource.__class__
        paths = self._read.get((action, kind))
        if paths is None:
            policies = (entry.policy for entry in self._engine.plan(action, kind).all())
            paths = self._read[action, kind] = paths_read(policies)
        return Witness(context, witnessed(resource, paths), role)

    def filter(
        self,
        caller: Caller,
        action: str,
        resource_class: type,
        *,
        role: str | None = None,
        context: Context = NO_CONTEXT,
    ) -> Callable[[Any], bool]:
        """The answers of ``decide`` for many rows: a function that is made for one caller, action and class, once.

        A row of another class is decided by itself.
        """
        if role is not None and role not in caller.roles:
            return _nothing

        def decided(row: object) -> bool:
            return self.decide(caller, action, row, role=role, context=context).allowed

        question = Question(caller, action, None, context)
        allows = specialised(self.entries(caller, action, resource_class), question, resource_class, decided)
        if caller.actor is None:
            return allows
        entries = self.actor_entries(caller.actor, action, resource_class)
        carries = specialised(entries, question._replace(caller=caller.actor), resource_class, decided)
        return lambda row: allows(row) and carries(row)

    def outcomes(
        self, caller: Caller, action: str, resource: object | None = None, *, context: Context = NO_CONTEXT
    ) -> tuple[RuleOutcome, ...]:
        """Every rule in scope of the question, unfolded with its values: the whole reason of a yes or a no."""
        entries = self.entries(caller, action, _APPLICATION if resource is None else resource.__class__)
        question = Question(caller, action, resource, context)
        return tuple(refusal.outcome_of(entry, question) for entry in entries)

    def entries(self, caller: Caller, action: str, kind: Kind) -> list[Entry]:
        """The compiled rules that speak of this caller, action and class; the list filter is made from them."""
        return self._engine.plan(action, kind).entries(caller) if action in self._known else []

    def actor_entries(self, actor: Caller, action: str, kind: Kind) -> list[Entry]:
        """The rules that an actor is judged by: every permit, and the forbids whose principal it is by name or type.

        Other forbids speak of the person, who is the principal; they see the actor as ``caller.actor``.
        """
        entries = self.entries(actor, action, kind)
        return [entry for entry in entries if entry.permits or not isinstance(entry.policy.principal, Anything)]

    def actor_may(
        self, actor: Caller, action: str, resource: object | None, kind: Kind, context: Context = NO_CONTEXT
    ) -> bool:
        """Whether a service may do this in its own name."""
        question = Question(actor, action, resource, context)
        entries = self.actor_entries(actor, action, kind)
        outcomes = [(entry.permits, entry.outcome(question)) for entry in entries]
        return (True, True) in outcomes and all(permits or outcome is False for permits, outcome in outcomes)


def _named(policies: tuple[Policy, ...]) -> frozenset[str]:
    return frozenset(name for policy in policies for name in named(policy.action) if not is_group(name))


def _text(kind: Kind, key: object) -> str:
    if isinstance(kind, str):
        return "" if kind == _APPLICATION else kind
    return key_text(kind, key)


def _nothing(row: object) -> bool:  # noqa: ARG001
    return False


def _told(caller: Caller, kind: Kind, key: object, reasons: tuple[Entry, ...]) -> dict[str, Any]:
    """The words of a yes. The resource is not touched again: it may be another thread that reads them."""
    said = tuple([entry.said for entry in reasons])
    return {
        "caller": str(caller),
        "resource": _text(kind, key),
        "summary": said[0].sentence,
        "reasons": said,
        "nearest": None,
        "remedy": "",
        "said_outside": "",
    }
