"""The endpoints below ``/access/v1/``: who asks is proven first, and every answer carries the request's own id."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ringwall.authority.app import record_refusal, refuse
from ringwall.authority.authzen import evaluate, reading, search
from ringwall.authority.authzen.asker import Asker, asker
from ringwall.authority.authzen.reading import Body
from ringwall.authority.http import ASGI, NO_STORE, Answer, Receive, Request, Scope, Send, answer_json
from ringwall.authority.oauth.error import OAuthError
from ringwall.errors import Invalid

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_Endpoint: TypeAlias = "Callable[[Authority, Asker, Body], Awaitable[dict[str, Any]]]"

PREFIX = "/access/v1/"

_ENDPOINTS: dict[str, _Endpoint] = {
    "/access/v1/evaluation": evaluate.evaluation,
    "/access/v1/evaluations": evaluate.evaluations,
    "/access/v1/search/subject": search.subjects,
    "/access/v1/search/resource": search.resources,
    "/access/v1/search/action": search.actions,
}

_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_REQUEST_ID = re.compile(rb"[ -~\x80-\xff]{0,256}")


def decision_point(authority: Authority) -> ASGI:
    """The AuthZEN Authorization API 1.0 (HTTPS JSON binding) for any listener, below ``/access/v1/``.

    On a Unix socket it must stand behind ``OperatorsOnly``, which has asked the kernel who they are.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            answer = await _answer(authority, request)
            await Answer(answer.status, answer.body, (*answer.headers, *_request_id(request))).send(send)

    return app


async def _answer(authority: Authority, request: Request) -> Answer:
    endpoint = _ENDPOINTS.get(request.path)
    if endpoint is None:
        return _told(404, "there is nothing at this path")
    if request.method != "POST":
        return _told(405, "use POST here", (b"allow", b"POST"))
    try:
        try:
            who = await asker(authority, request)
            asked = reading.body(await request.body(), request.header(b"content-type"))
            return answer_json(await endpoint(authority, who, asked))
        except OAuthError as error:
            await record_refusal(authority, request, error)
            raise
    except Invalid as error:
        return _told(error.status, error.message)
    except Exception as error:  # noqa: BLE001 - the last stop: whatever went wrong, the answer is no decision
        refused = refuse(error)
        kept = [(name, value) for name, value in refused.headers if name in (b"www-authenticate", b"retry-after")]
        words = error.description if isinstance(error, OAuthError) else "the decision point failed; its log says why"
        return _told(refused.status, words, *kept)


def _told(status: int, message: str, *headers: tuple[bytes, bytes]) -> Answer:
    """An error: a message, as the HTTPS binding asks for."""
    return Answer(status, message.encode(), (_TEXT, *NO_STORE, *headers))


def _request_id(request: Request) -> tuple[tuple[bytes, bytes], ...]:
    sent = [value for name, value in request.scope["headers"] if name == b"x-request-id"]
    return ((b"x-request-id", sent[0]),) if len(sent) == 1 and _REQUEST_ID.fullmatch(sent[0]) else ()
