"""``/login``, ``/callback`` and ``/logout``: the pages that a service has for people with a browser."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from html import escape
from urllib.parse import quote, urlencode

import httpx2

from ringwall.audit.event import Event
from ringwall.errors import RingwallError, Unauthenticated, Unavailable
from ringwall.login import attempt
from ringwall.login.cookie import Cookies
from ringwall.login.pending import LIFETIME, Pending, open_pending, seal_pending
from ringwall.login.place import HOME, PATHS, Origins, local_path
from ringwall.login.refusal import LoginRefused
from ringwall.login.session import Present, Renewal
from ringwall.login.web import WebRequest, WebResponse, is_same_origin, page, parameters, problem, redirect
from ringwall.on.login.channel import Channel
from ringwall.on.login.leaving import Leaving
from ringwall.on.login.records import Keeping
from ringwall.on.login.relying import Relying
from ringwall.on.login.sessions import BrowserSessions

log = logging.getLogger("ringwall.login")

_METHODS = {"/login": ("GET",), "/callback": ("GET",), "/logout": ("GET", "POST")}
_MAX_ATTEMPTS = 5
_SAID = {
    "no_attempt": "This login was not started in this browser, or it is already finished.",
    "expired": "This login took too long.",
    "replay": "This login is already finished.",
    "access_denied": "The login was cancelled.",
    "provider": "The login provider refused.",
    "foreign": "A logout must be asked for by a page of this site.",
}


class Login:
    """Logs people in, and knows them by their session's cookie.

    ``relying`` are the providers, each with a name of its own; ours has none. ``record`` writes an event down.
    ``transport`` replaces the network in tests. Coroutines run on the keeper's loop.
    """

    paths = PATHS

    def __init__(
        self,
        service: str,
        relying: Sequence[Relying],
        origins: Origins,
        keeping: Keeping,
        *,
        development: bool,
        record: Callable[[Event], object],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._channels = {
            one.name: Channel(one, development=development, clock=keeping.clock, transport=transport) for one in relying
        }
        self._origins = origins
        self._key = keeping.key
        self._now = keeping.clock.now
        self._record = record
        self._cookies = Cookies(service, secure=not development)
        self._sessions = BrowserSessions(keeping, self._cookies, self._channels)
        self._leaving = Leaving(self._channels)

    def session(self, cookies: Mapping[str, str]) -> Present | Renewal | None:
        """Who these cookies prove: somebody, nobody, or somebody after :meth:`renew`. Raises ``Unavailable``."""
        return self._sessions.find(cookies)

    async def renew(self, renewal: Renewal) -> Present | None:
        """The session after its renewal; ``None`` when it is over. Raises ``Unavailable`` when nobody can say now."""
        return await self._sessions.renew(renewal)

    async def handle(self, request: WebRequest) -> WebResponse:
        """Answer a request for one of :attr:`paths`. Never raises for what a request brings or a provider does."""
        methods = _METHODS[request.path]
        if request.method not in methods:
            refused = problem(request, 405, "Method not allowed", "This page is asked in another way.")
            return refused.with_headers(("allow", ", ".join(methods)))
        try:
            return await self._answer(request)
        except RingwallError as error:
            log.error("%s %s cannot be answered: %s", request.method, request.path, error)
            wait = error.retry_after if isinstance(error, Unavailable) else 60.0
            return problem(request, 503, "Login unavailable", "Nobody can log in or out just now.", retry_after=wait)

    async def _answer(self, request: WebRequest) -> WebResponse:
        try:
            origin = self._origins.of(request.scheme, request.host)
            if request.path == "/login":
                return await self._login(request, origin)
            if request.path == "/callback":
                return await self._callback(request, origin)
            return await self._logout(request, origin)
        except LoginRefused as error:
            return self._refusal(request, error)

    async def _login(self, request: WebRequest, origin: str) -> WebResponse:
        asked = parameters(request.query)
        next_path = local_path(asked.get("next"))
        name = asked.get("provider", next(iter(self._channels)) if len(self._channels) == 1 else None)
        if name is None:
            return self._choice(next_path)
        channel = self._channel(name)
        provider = await channel.provider()
        uri = self._redirect_uri(origin, name)
        location, pending = attempt.start(provider, channel.relying.client, uri, next_path, self._now(), login=name)
        cookie = self._cookies.attempt(pending.state)
        sealed = seal_pending(pending, self._key, cookie)
        # Attempts that are never finished must not fill up the browser's requests: the oldest go.
        stale = [known for known in request.cookies if known.startswith(self._cookies.attempts)][: -_MAX_ATTEMPTS + 1]
        return redirect(location).with_cookies(
            *(self._cookies.clear_attempt(old) for old in stale), self._cookies.set_attempt(cookie, sealed, LIFETIME)
        )

    async def _callback(self, request: WebRequest, origin: str) -> WebResponse:
        answer = parameters(request.query)
        cookie = self._cookies.attempt(answer.get("state", ""))
        if cookie not in request.cookies:
            # The back button leads here after a login. Whoever is signed in goes home as who they are.
            if await asyncio.to_thread(self._sessions.find, request.cookies) is not None:
                return redirect(HOME)
            raise LoginRefused("the answer is to no attempt of this browser", code="no_attempt")
        pending = open_pending(request.cookies[cookie], self._key, cookie)
        came_to = f"{origin}/callback" + (f"?provider={quote(answer['provider'])}" if "provider" in answer else "")
        try:
            tokens = await self._redeem(pending, came_to, request.query)
            session_id, person = await asyncio.to_thread(self._sessions.begin, tokens)
            # A new id for every login, and whatever session the browser came with is over.
            await asyncio.to_thread(self._sessions.end, request.cookies)
        except Unauthenticated as error:
            refused = LoginRefused(error.message, code="token", status=502)
            return self._refusal(request, refused).with_cookies(self._cookies.clear_attempt(cookie))
        except LoginRefused as error:
            return self._refusal(request, error).with_cookies(self._cookies.clear_attempt(cookie))
        self._record(Event("login.succeeded", self._now(), actor=person, detail={"provider": pending.login}))
        return redirect(pending.next).with_cookies(
            self._cookies.clear_attempt(cookie), self._cookies.set_session(session_id)
        )

    async def _redeem(self, pending: Pending, came_to: str, query: str) -> attempt.Tokens:
        channel = self._channel(pending.login)
        answer = attempt.receive(pending, await channel.provider(), came_to, query, self._now())
        # The provider spends the code once. We spend the attempt once, whatever the provider does.
        if not await asyncio.to_thread(self._sessions.spend, pending):
            raise LoginRefused("the attempt has been answered before", code="replay")
        request = attempt.token_request(answer)
        asked = self._now()
        status, body = await channel.post(request.url, request.form)
        return await channel.judged(lambda keys: attempt.accept(request, status, body, keys, asked))

    async def _logout(self, request: WebRequest, origin: str) -> WebResponse:
        if request.method == "GET":
            return page(200, "Log out", '<form method="post" action="/logout"><button>Log out</button></form>')
        if not is_same_origin(request, origin):
            raise LoginRefused("a logout must be asked for by a page of this site", code="foreign", status=403)
        session = await asyncio.to_thread(self._sessions.end, request.cookies)
        if session is None:
            return redirect(HOME).with_cookies(self._cookies.clear_session())
        self._record(Event("login.ended", self._now(), actor=session.person, detail={"provider": session.login}))
        await self._leaving.revoke(session)
        return (await self._leaving.response(session, origin)).with_cookies(self._cookies.clear_session())

    def _channel(self, name: str) -> Channel:
        if name not in self._channels:
            raise LoginRefused("there is no such login provider", status=404)
        return self._channels[name]

    def _redirect_uri(self, origin: str, name: str) -> str:
        # With several providers each has a redirect URI of its own, so that the answer of one that does not name itself
        # cannot be taken for another's (RFC 9700 section 4.4).
        return f"{origin}/callback" + (f"?provider={name}" if len(self._channels) > 1 else "")

    def _choice(self, next_path: str) -> WebResponse:
        links = [
            f'<a href="/login?{escape(urlencode({"provider": name, "next": next_path}))}">{escape(name)}</a>'
            for name in self._channels
        ]
        return page(200, "Log in with", "<ul>", *(f"<li>{link}</li>" for link in links), "</ul>")

    def _refusal(self, request: WebRequest, error: LoginRefused) -> WebResponse:
        log.warning("a login from %s was refused: %s", request.client, error)
        self._record(Event("login.refused", self._now(), detail={"code": error.code}))
        said = _SAID.get(error.code, "This login cannot go on.")
        return problem(request, error.status, "Refused", said)
