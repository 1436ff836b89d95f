"""How a mark is decided: by own rules joined with the Cedar files in force, or by whoever decides elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringwall.caller import Caller
    from ringwall.current import Visit
    from ringwall.decision import Decision
    from ringwall.marks import Mark
    from ringwall.parts import DecisionPoint, Parts
    from ringwall.policy.authorizer import Authorizer
    from ringwall.policy.bundle import Bundle
    from ringwall.policy.objects.context import Context
    from ringwall.policy.policy import Policy

_REMEMBERED = 4096


class Judge:
    """Decides what marks ask, and leaves on the visit what each decision was about.

    ``own`` are the rules of ``ringwall.toml``, of functions and of the marks that were learned. ``elsewhere`` is the
    decision point that is asked instead, if any.
    """

    def __init__(self, parts: Parts) -> None:
        self.own = parts.authorizer
        self.elsewhere = parts.elsewhere
        self._bundle = parts.bundle
        self._clock = parts.keeper.clock
        self._joined: tuple[Authorizer, Bundle, Authorizer] | None = None
        self._learned: frozenset[str] = frozenset()
        self._yes: dict[tuple[int, Mark], tuple[Caller, Authorizer, Decision]] = {}
        self._lock = threading.Lock()

    @property
    def bundle(self) -> Bundle | None:
        """The Cedar files that are in force. Raises ``Unavailable`` while they are too old."""
        return self._bundle() if self._bundle is not None else None

    def authorizer(self) -> Authorizer:
        """What decides now: the own rules, and those of the bundle. Raises ``Unavailable`` while that is too old."""
        own = self.own
        if self._bundle is None:
            return own
        bundle = self._bundle()
        joined = self._joined
        if joined is None or joined[0] is not own or joined[1] is not bundle:
            # Two threads may do this at once; both make the same.
            self._joined = joined = (own, bundle, own.including(bundle.policies.policies))
        return joined[2]

    def context(self, visit: Visit | None) -> Context:
        """What policies may know beside who asks for what: the time, and the address that a request came from."""
        from ringwall.policy.objects.context import Context

        return Context(self._clock.now(), visit.client if visit is not None else "")

    def add(self, rules: Iterable[Policy]) -> None:
        """Take ``rules`` up among the own ones, from the next decision on."""
        with self._lock:
            self.own = self.own.including(rules)

    def learn(self, mark: Mark) -> None:
        """Make what a mark asks for known to the rules. A mark without an action is a rule of its own."""
        from ringwall.policy.rules.grant import mark_policy

        rules = () if mark.action or mark.public else (mark_policy(mark.asks, role=mark.role),)
        with self._lock:
            if mark.asks not in self._learned:
                self.own = self.own.including(rules, () if mark.public else (mark.asks,))
                self._learned = self._learned | {mark.asks}

    def elsewhere_for(self, mark: Mark) -> DecisionPoint | None:
        """Who decides about this mark, unless that is us: a mark without an action asks for a role, or for anybody."""
        return self.elsewhere if mark.action and not mark.public else None

    def decide(self, visit: Visit, caller: Caller, mark: Mark, resource: Any) -> Decision:
        """May ``caller`` do what ``mark`` asks? Raises ``Unavailable`` where nobody can tell now."""
        role, context = mark.role or None, self.context(visit)
        if (elsewhere := self.elsewhere_for(mark)) is not None:
            self._witness_of_the_role(visit, mark, context)
            return elsewhere.decide(caller, mark.asks, resource, role=role, context=context)
        if mark.asks not in self._learned:
            self.learn(mark)
        authorizer = self.authorizer()
        if resource is None:
            decision = self._without_object(caller, mark, authorizer, context)
        else:
            decision = authorizer.decide(caller, mark.asks, resource, role=role, context=context)
        # After the decision: what it had to load is in memory now.
        visit.witness = authorizer.witness(mark.asks, resource, role=mark.role, context=context)
        return decision

    async def ask(self, elsewhere: DecisionPoint, visit: Visit, caller: Caller, mark: Mark, resource: Any) -> Decision:
        """The same, awaited of a decision point elsewhere."""
        role, context = mark.role or None, self.context(visit)
        self._witness_of_the_role(visit, mark, context)
        return await elsewhere.adecide(caller, mark.asks, resource, role=role, context=context)

    def role_missing(self, visit: Visit, caller: Caller, mark: Mark) -> Decision:
        """The no to a caller who does not hold the role of ``mark``, said before any object is loaded."""
        from ringwall.policy.explanation.refusal import role_missing
        from ringwall.policy.objects.question import Question

        context = self.context(visit)
        self._witness_of_the_role(visit, mark, context)
        return role_missing(Question(caller, mark.asks, None, context), "", mark.role)

    def said_of_objects(self, mark: Mark) -> str:
        """What an outsider reads who was refused an object: the same whether it exists or not, and whichever rule came
        nearest, or the sentence itself would tell them apart."""
        from ringwall.policy.actions import covers

        public = (policy for policy in self.authorizer().policies if policy.public and policy.effect == "permit")
        return next((policy.sentence for policy in public if covers(policy.action, mark.asks)), "")

    def _witness_of_the_role(self, visit: Visit, mark: Mark, context: Context) -> None:
        """Where no policy of ours was asked, none tells what it read of an object."""
        from ringwall.policy.objects.witness import Witness

        visit.witness = Witness(context, role=mark.role)

    def _without_object(self, caller: Caller, mark: Mark, authorizer: Authorizer, context: Context) -> Decision:
        """The answer without an object. A yes that depends on the rules, the caller and the mark alone is kept."""
        held = self._yes.get((id(caller), mark))
        if held is not None and held[0] is caller and held[1] is authorizer:
            return held[2]
        decision = authorizer.decide(caller, mark.asks, role=mark.role or None, context=context)
        if decision.allowed and not authorizer.depends_on_context(mark.asks):
            if len(self._yes) >= _REMEMBERED:
                self._yes.clear()
            self._yes[id(caller), mark] = (caller, authorizer, decision)
        return decision
