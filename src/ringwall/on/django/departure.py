"""A response comes to the gate: what may leave, and what leaves in its place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ringwall.current import Visit
from ringwall.intake.headers import SecureHeaders
from ringwall.on import me
from ringwall.on.answer import Answer, Asker, answer
from ringwall.on.undecided import harmless, undecided
from ringwall.refusal import Refusal


def strained(visit: Visit, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What may leave of a response about which nobody decided. Raises :class:`Refusal`."""
    if visit.refusal is not None:
        raise visit.refusal
    if response.status_code == 404 and visit.path == "/me" and visit.method in ("GET", "HEAD"):
        return spoken(Answer(200, (("content-type", "application/json"),), me.json_of(me.caller(visit))), visit.method)
    message: dict[str, Any] = {"status": response.status_code, "headers": _raw(response)}
    if (kept := harmless(visit, message, mounted_at=request.META.get("SCRIPT_NAME", ""))) is None:
        undecided(visit, message, stop=True)
    response.close()
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in kept or ())
    return spoken(Answer(message["status"], headers, b""), visit.method)


def refused(refusal: Refusal, request: HttpRequest, *, login: bool, development: bool) -> HttpResponse:
    """The response to a request that was refused."""
    meta, method = request.META, request.method or ""
    accept, mode = meta.get("HTTP_ACCEPT", ""), meta.get("HTTP_SEC_FETCH_MODE", "")
    asker = Asker(method, request.get_full_path(), accept, mode, login, development)
    return spoken(answer(refusal, asker), method)


def spoken(reply: Answer, method: str) -> HttpResponse:
    """One complete response of our own."""
    response = HttpResponse(b"" if method == "HEAD" else reply.body, status=reply.status)
    # Django would call anything without a type a page.
    del response["content-type"]
    for name, value in reply.headers:
        if name.lower() == "set-cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    response["content-length"] = str(len(reply.body))
    return response


def with_headers(response: HttpResponseBase, headers: SecureHeaders, *, private: bool) -> HttpResponseBase:
    """``response`` with the secure headers that it does not set by itself."""
    raw = _raw(response)
    for name, value in headers.complete(raw, private=private)[len(raw) :]:
        response[name.decode("latin-1")] = value.decode("latin-1")
    return response


def _raw(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
