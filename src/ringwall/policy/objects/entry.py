"""A policy as the guard's engine keeps it: its condition compiled, and its words, made when they are first needed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ringwall.caller import Caller
from ringwall.decision import RuleOutcome
from ringwall.policy.explanation.unfold import Node, unfold
from ringwall.policy.objects.compiled import Condition, compiled
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.entity import SealedRead, sealed_names
from ringwall.policy.objects.question import Question
from ringwall.policy.objects.resource import asked
from ringwall.policy.policy import Policy
from ringwall.policy.walk import reads


class Entry:
    """``holds`` asks the condition of a request inside the policy's scope; it is ``None`` for one that always holds.

    ``sealed``: the resources are of a class of which the policy reads what is sealed, so it errs.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.sealed = False
        self.permits = policy.effect == "permit"
        self._asked = asked(policy)
        self.holds: Condition | None = None if self._asked is None else self._first

    def _first(self, caller: Caller, action: str, resource: Any, context: Context) -> bool:
        # Two threads may both come here, and make equal functions.
        assert self._asked is not None
        self.holds = made = compiled(self._asked, self.policy, self.policy.requires)
        return made(caller, action, resource, context)

    @cached_property
    def said(self) -> RuleOutcome:
        """Its outcome where it holds."""
        policy = self.policy
        return RuleOutcome(policy.id, policy.effect, policy.sentence, policy.where, held=True, public=policy.public)

    @cached_property
    def unfolded(self) -> Node:
        """The policy as a tree of conditions that can be explained."""
        return unfold(self.policy)

    def outcome(self, question: Question) -> bool | None:
        """Whether the condition is true or false, or ``None`` where it errs; whatever reading raises is an error."""
        if self.holds is None:
            return True
        try:
            return self.holds(*question)
        except Exception:  # noqa: BLE001  whatever an attribute raises, it is an error of the policy
            return None

    def about(self, kind: type | str) -> Entry:
        """The entry for resources of one class: one that errs, where the policy reads what is sealed there."""
        if self._asked is None or isinstance(kind, str):
            return self
        if not any(path[0] in sealed_names(kind) for path in reads(self._asked)):
            return self
        entry = Entry(self.policy)
        entry.holds, entry.sealed = _refuse, True
        return entry


def _refuse(caller: Caller, action: str, resource: Any, context: Context) -> bool:  # noqa: ARG001
    # The policy was read before its class was known: it errs now rather than open a sealed value.
    raise SealedRead(f"a policy reads what is sealed in {type(resource).__name__}")
