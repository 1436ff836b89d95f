"""The token for one call to one peer: the caller's own, exchanged for the next hop (RFC 8693), or our own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

import httpx2

from ringwall import current
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Unauthenticated, Unavailable
from ringwall.keeper import Keeper
from ringwall.on.composition.authority_client import Client
from ringwall.peers.check import IdentitySource

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name, not a token
DEADLINE = 5.0

_KEEP = 4096
_EARLY = 30.0


class Exchange:
    """Tokens for calls, remembered until shortly before they expire; each is fetched once, however many wait for it."""

    def __init__(self, keeper: Keeper, client: Client, identity: IdentitySource, clock: Clock = SYSTEM) -> None:
        self._keeper = keeper
        self._client = client
        self._identity = identity
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, bytes], tuple[float, Future[tuple[str, float]]]] = OrderedDict()

    def token_for(self, audience: str) -> Callable[[], str]:
        """For a sync client: called in a handler, or under ``guard.as_self()``; gives the token for that caller."""

        def token() -> str:
            try:
                return self._ask(audience).result(DEADLINE)[0]
            except TimeoutError as error:
                raise _late(audience) from error

        return token

    def async_token_for(self, audience: str) -> Callable[[], asyncio.Future[str]]:
        """The same for an async client."""

        async def token() -> str:
            try:
                async with asyncio.timeout(DEADLINE):
                    # Shielded: others may wait for the same token, and this call's end is not theirs.
                    return (await asyncio.shield(asyncio.wrap_future(self._ask(audience))))[0]
            except TimeoutError as error:
                raise _late(audience) from error

        return lambda: asyncio.ensure_future(token())

    def _ask(self, audience: str) -> Future[tuple[str, float]]:
        visit = current.visit()
        caller = visit.proven()
        subject = None
        # A call of our own that comes back through another service stays in that service's name.
        if caller.actor is not None or caller.id != str(self._identity().spiffe_id):
            if not visit.bearer:
                raise Unauthenticated(
                    "the caller's proof cannot be carried on",
                    hint="a caller known by certificate alone brings no token; use guard.as_self()",
                )
            subject = visit.bearer
        key = (audience, hashlib.sha256((subject or "").encode()).digest())
        now = self._clock.steady()
        with self._lock:
            held = self._held.get(key)
            if held is not None and not _over(*held, now):
                self._held.move_to_end(key)
                return held[1]
            future = self._keeper.submit(self._fetch(audience, subject))
            self._held[key] = (now, future)
            while len(self._held) > _KEEP:
                self._held.popitem(last=False)
        return future

    async def _fetch(self, audience: str, subject: str | None) -> tuple[str, float]:
        """The token, and for how many seconds it may be used."""
        form = {"client_id": str(self._identity().spiffe_id), "audience": audience}
        if subject is None:
            form |= {"grant_type": "client_credentials"}
        else:
            form |= {"grant_type": EXCHANGE, "subject_token": subject, "subject_token_type": ACCESS_TOKEN}
        try:
            response = await self._client().post("/token", data=form, timeout=DEADLINE)
            answer = json.loads(response.content)
        except (httpx2.HTTPError, OSError, ValueError) as error:
            raise Unavailable(f"the authority gave no token for {audience}: {type(error).__name__}") from error
        if response.status_code in (400, 401, 403):
            said = f"{answer.get('error', '')}: {answer.get('error_description', '')}"
            # Not the caller's 401: whoever is signed in here would be sent to sign in again, and again.
            raise Unavailable(f"the authority refused a token for {audience}: {said[:300]}", retry_after=5.0)
        if response.status_code != 200 or not isinstance(answer.get("access_token"), str):
            raise Unavailable(f"the authority answered {response.status_code} for a token for {audience}")
        return answer["access_token"], float(answer.get("expires_in", 0))


def _late(audience: str) -> Unavailable:
    return Unavailable(f"the authority gave no token for {audience} within {DEADLINE:.0f} s")


def _over(since: float, future: Future[tuple[str, float]], now: float) -> bool:
    if not future.done():
        return now - since > DEADLINE
    if future.cancelled() or future.exception() is not None:
        return True
    return now - since > max(0.0, future.result()[1] - _EARLY)
