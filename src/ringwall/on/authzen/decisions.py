"""Decisions by a decision point elsewhere, for threads and for coroutines. No answer in time is never a yes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Future

import httpx2

from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.errors import Misconfigured, Unavailable
from ringwall.keeper import Keeper
from ringwall.on.httpx.bounded import AS_IT_IS, read_at_most
from ringwall.policy.decision_point import MAX_ANSWER, PATH, Answer, evaluations, read
from ringwall.policy.objects.context import NO_CONTEXT, Context
from ringwall.policy.objects.entity import entity_text

DEADLINE = 2.0
"""Seconds for one decision."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1
_JSON = {"content-type": "application/json", "accept": "application/json", **AS_IT_IS}


class RemoteDecisions:
    """Asks the decision point at ``url``. Every call is made on the keeper's loop, by the one client that ``client``
    gives there.

    ``bearer`` is the token to send (RFC 6750), asked for each time; without it the client's certificate says who we
    are.
    ``application`` is what an action without a resource is asked about: this service's name. A ``role`` must be held
    beside the decision.
    """

    def __init__(
        self,
        url: str,
        application: str,
        keeper: Keeper,
        client: Callable[[], httpx2.AsyncClient],
        bearer: Callable[[], str] | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._application = application
        self._keeper = keeper
        self._client = client
        self._bearer = bearer

    def decide(
        self,
        caller: Caller,
        action: str,
        resource: object | None = None,
        *,
        role: str | None = None,
        context: Context = NO_CONTEXT,
    ) -> Decision:
        """May ``caller`` do ``action`` to ``resource``? Waits: for threads. Raises ``Unavailable`` for no answer."""
        _off_the_event_loop()
        if role is not None and role not in caller.roles:
            return _role_missing(caller, action, resource, role)
        asked = self._submit(caller, action, resource, context)
        try:
            return asked.result(DEADLINE)
        except TimeoutError as error:
            asked.cancel()
            raise self._late() from error

    async def adecide(
        self,
        caller: Caller,
        action: str,
        resource: object | None = None,
        *,
        role: str | None = None,
        context: Context = NO_CONTEXT,
    ) -> Decision:
        """The same for coroutines, on any event loop."""
        if role is not None and role not in caller.roles:
            return _role_missing(caller, action, resource, role)
        try:
            async with asyncio.timeout(DEADLINE):
                return await asyncio.wrap_future(self._submit(caller, action, resource, context))
        except TimeoutError as error:
            raise self._late() from error

    def _submit(self, caller: Caller, action: str, resource: object | None, context: Context) -> Future[Decision]:
        # Here and not on the keeper's loop: the resource belongs to the thread that asks.
        bodies = evaluations(caller, action, resource, self._application, context)
        return self._keeper.submit(self._decide(bodies, caller, action, _text(resource)))

    async def _decide(self, bodies: tuple[bytes, ...], caller: Caller, action: str, text: str) -> Decision:
        for number, body in enumerate(bodies):
            answer = await self._ask(body)
            if not answer.allowed:
                whom = "" if number == 0 else " to the service that calls"
                why = f": {answer.reason}" if answer.reason else ""
                summary = f"the decision point {self._url} does not permit it{whom}{why}"
                return Decision(False, action, str(caller), text, summary, said_outside=answer.told)
        return Decision(True, action, str(caller), text, f"permitted by the decision point {self._url}")

    async def _ask(self, body: bytes) -> Answer:
        headers = dict(_JSON)
        if self._bearer is not None:
            headers["authorization"] = self._credentials(self._bearer())
        try:
            async with (
                asyncio.timeout(DEADLINE),
                self._client().stream("POST", self._url + PATH, content=body, headers=headers) as response,
            ):
                answer = await read_at_most(response, MAX_ANSWER)
        except TimeoutError as error:
            raise self._late() from error
        except (httpx2.HTTPError, OSError) as error:
            raise Unavailable(f"the decision point {self._url} cannot be reached: {type(error).__name__}") from error
        return read(response.status_code, response.headers.get("content-type", ""), answer)

    def _credentials(self, token: str) -> str:
        # Checked here, because the HTTP client would repeat what it cannot send in the text of its error.
        if _TOKEN.fullmatch(token) is None:
            raise Unavailable(
                f"the token for the decision point {self._url} is none that RFC 6750 lets be sent",
                hint="set the secret again, without a space or a line break",
            )
        return f"Bearer {token}"

    def _late(self) -> Unavailable:
        return Unavailable(f"the decision point {self._url} did not answer within {DEADLINE:.0f} s")


def _text(resource: object | None) -> str:
    return "" if resource is None else entity_text(resource)


def _role_missing(caller: Caller, action: str, resource: object | None, role: str) -> Decision:
    """The mark asks for a role beside its action, and roles are known here."""
    summary, remedy = f"it requires the role {role}", f"hold the role {role}"
    return Decision(False, action, str(caller), _text(resource), summary, remedy=remedy)


def _off_the_event_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise Misconfigured(
        "decide() was called on a running event loop, which it would block", hint="in async code use: await adecide(…)"
    )
