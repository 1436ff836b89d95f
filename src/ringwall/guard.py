"""The one object that a service holds: it composes the layers around one call, and knows no framework."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ringwall import current
from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.errors import Denied, Invalid, RingwallError, Unauthenticated
from ringwall.found_nothing import found_nothing
from ringwall.judge import Judge
from ringwall.log import Log
from ringwall.nobody_asked import nobody_asked
from ringwall.refusal import Refusal

if TYPE_CHECKING:
    from ringwall.current import Visit
    from ringwall.marks import Mark
    from ringwall.parts import Admitted, Credentials, Parts, Wait
    from ringwall.policy.authorizer import Authorizer
    from ringwall.policy.bundle import Bundle
    from ringwall.policy.objects.context import Context
    from ringwall.policy.policy import Policy
    from ringwall.secret import Secret

F = TypeVar("F", bound=Callable[..., Any])


class Guard:
    """Who calls, may they, and as whom the service acts. Built by ``protect(app)``.

    ``judge`` decides what its marks ask.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.judge = Judge(parts)
        self.settings = parts.settings
        self.keeper = parts.keeper
        self.endpoints = parts.endpoints
        self.log = Log(parts.settings.service.name)

    @property
    def caller(self) -> Caller:
        """Who called. Raises ``Unauthenticated`` where nobody did, and outside a marked handler."""
        return current.visit().proven()

    def secret(self, name: str) -> Secret[str]:
        """A secret of ``[secrets]``, always its current version."""
        return self._parts.secret(name)

    def rule(self, *actions: str, public: bool = False) -> Callable[[F], F]:
        """Make a Python function ``(caller, object) -> bool`` a rule that permits ``actions``. Its docstring says it in
        words; with ``public``, whoever is refused by it may read them.

        Raises ``Misconfigured`` when the function cannot be explained and turned into SQL.
        """

        def add(function: F) -> F:
            from ringwall.policy.rules.python_rule import python_rule

            self.judge.add([python_rule(function, *actions, public=public)])
            return function

        return add

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies of ``ringwall.toml``, marks, functions and Cedar files, as far as they are known by now."""
        return self.authorizer().policies

    @property
    def bundle(self) -> Bundle | None:
        """The Cedar files of ``[policy]`` that are in force. Raises ``Unavailable`` while they are too old."""
        return self.judge.bundle

    def authorizer(self) -> Authorizer:
        """What decides now: this service's own policies, and those of the bundle that is in force.

        Raises ``Unavailable`` while that bundle is too old.
        """
        return self.judge.authorizer()

    def decide(self, caller: Caller, action: str, resource: Any = None, *, role: str | None = None) -> Decision:
        """May ``caller`` do ``action`` to ``resource``? An answer with its reason.

        In a handler, policies know the address that its request came from.
        Raises ``Unavailable`` while the policies are too old to be asked.
        """
        decider = self.judge.elsewhere or self.judge.authorizer()
        visit = current.VISIT.get()
        context = self.context(visit if visit is not None and visit.live else None)
        return decider.decide(caller, action, resource, role=role, context=context)

    def context(self, visit: Visit | None = None) -> Context:
        """What policies may know beside who asks for what: the time, and the address that a request came from."""
        return self.judge.context(visit)

    @contextmanager
    def as_self(self) -> Iterator[Caller]:
        """Act as this service itself, with its own power and nobody's behind it: for jobs, timers and start-up."""
        from ringwall.peers.identity import SpiffeId

        own = SpiffeId.of(self.settings.trust_domain, self.settings.service.name)
        visit = current.Visit(self)
        visit.caller = Caller(str(own), kind="service", proof="certificate")
        visit.decided = visit.live = True
        token = current.VISIT.set(visit)
        try:
            yield visit.caller
        finally:
            visit.end()
            current.VISIT.reset(token)

    # What follows is the work of the gates in ``ringwall.on``.

    def admit(self, credentials: Credentials) -> Admitted | Wait | None:
        """Who these credentials prove. Raises ``Unauthenticated`` and ``Unavailable``."""
        return self._parts.admission.admit(credentials)

    def learn(self, mark: Mark) -> None:
        """Make what a mark asks for known to the rules. A mark without an action is a rule of its own."""
        self.judge.learn(mark)

    def knock(self, visit: Visit, mark: Mark | None) -> None:
        """Decide at the gate what needs no object. Raises :class:`Refusal`; an unmarked door refuses everyone."""
        if mark is None:
            decision = nobody_asked(visit)
            self.refuse(visit, Denied(decision), decision)
        if mark.on is None and not self.must_wait(mark):
            self.grant(visit, mark)
        else:
            self.expect(visit, mark)
            visit.waiting = mark

    def must_wait(self, mark: Mark) -> bool:
        """Whether only a decision point elsewhere can tell, and we are on an event loop, where nobody may wait for it.

        Then the mark's own handler awaits the answer, just before it runs.
        """
        return self.judge.elsewhere_for(mark) is not None and not mark.whole and _on_event_loop()

    def expect(self, visit: Visit, mark: Mark) -> Caller:
        """What can be said before the object of an ``on=`` mark is loaded: somebody calls, and holds the role."""
        caller = self._somebody(visit)
        if mark.role and not caller.has_role(mark.role):
            decision = self.judge.role_missing(visit, caller, mark)
            self.refuse(visit, Denied(decision), decision)
        return caller

    def grant(self, visit: Visit, mark: Mark, resource: Any = None) -> None:
        """Decide and write it down. Returns when the answer is yes; else raises :class:`Refusal`."""
        if not mark.public:
            caller = self._somebody(visit)
            try:
                decision = self.judge.decide(visit, caller, mark, resource)
            except RingwallError as error:
                self.refuse(visit, error)
            self._settle(visit, caller, mark, decision)
        self._let_in(visit, mark)

    async def grant_waiting(self, visit: Visit, mark: Mark, resource: Any = None) -> None:
        """The same for a handler on the event loop, which awaits a decision point elsewhere."""
        if (elsewhere := self.judge.elsewhere_for(mark)) is None:
            self.grant(visit, mark, resource)
            return
        caller = self._somebody(visit)
        try:
            decision = await self.judge.ask(elsewhere, visit, caller, mark, resource)
        except RingwallError as error:
            self.refuse(visit, error)
        self._settle(visit, caller, mark, decision)
        self._let_in(visit, mark)

    def not_found(self, visit: Visit, mark: Mark, error: Exception) -> None:
        """The loader of an ``on=`` mark raised. When it says that there is nothing, that is a refusal of ours.

        Whoever may act on every such object may know that this one is missing: 404. Nobody else learns it: 403.
        """
        if not found_nothing(error):
            return
        caller = self.expect(visit, mark)
        try:
            # Whoever decides elsewhere is not asked about every object at once.
            here = self.judge.elsewhere_for(mark) is None
            may_know = here and self.judge.decide(visit, caller, mark, None).allowed
            said = self.judge.said_of_objects(mark)
        except RingwallError as unanswered:
            self.refuse(visit, unanswered)
        if may_know:
            self.refuse(visit, Invalid("there is no such object", status=404))
        if visit.witness is not None:
            visit.witness = visit.witness._replace(missing=True)
        summary = "the object was not found, and the caller may not see every such object"
        decision = Decision(False, mark.asks, str(caller), "", summary, said_outside=said)
        self.refuse(visit, Denied(decision), decision)

    def refuse(
        self, visit: Visit, cause: RingwallError, decision: Decision | None = None, *, allow: str = ""
    ) -> NoReturn:
        """End the request here. Raises :class:`Refusal`, and notes it on the visit in case somebody swallows it."""
        visit.refusal = Refusal(cause, decision=decision, allow=allow)
        raise visit.refusal

    def record(self, visit: Visit, refusal: Refusal) -> Future[None] | None:
        """Write a denial down. The answer may leave once the result is done."""
        if refusal.decision is None:
            return None
        return self._parts.recorder.decision(refusal.decision, visit.caller, visit)

    def _somebody(self, visit: Visit) -> Caller:
        if visit.caller is None:
            self._refuse_nobody(visit)
        return visit.caller

    def _refuse_nobody(self, visit: Visit) -> NoReturn:
        cause = visit.failure or Unauthenticated("nobody has signed in")
        self.refuse(visit, cause, cause.decision if isinstance(cause, Denied) else None)

    def _settle(self, visit: Visit, caller: Caller, mark: Mark, decision: Decision) -> None:
        """Write a yes down, and end the request for a no."""
        try:
            if decision.allowed:
                self._parts.recorder.decision(decision, caller, visit)
                return
            if mark.on is not None and self.judge.elsewhere_for(mark) is None:
                decision = replace(decision, said_outside=self.judge.said_of_objects(mark))
        except RingwallError as error:
            self.refuse(visit, error)
        self.refuse(visit, Denied(decision), decision)

    def _let_in(self, visit: Visit, mark: Mark) -> None:
        visit.mark = mark
        visit.waiting = None
        visit.decided = True


def _on_event_loop() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None
