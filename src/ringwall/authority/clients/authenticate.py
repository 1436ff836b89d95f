"""How a client proves itself at the token, introspection and revocation endpoints (RFC 6749 section 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringwall.authority.clients import assertion, certificate, secret_basic
from ringwall.authority.oauth.error import InvalidClient, OAuthError
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority
    from ringwall.authority.http import Request


async def authenticate(authority: Authority, request: Request, form: Mapping[str, str]) -> Client:
    """The client that makes this request, by the one method that it is registered for.

    A public client (``none``) only names itself; the caller decides what that is good for. Raises ``InvalidClient``,
    and ``OAuthError`` for two methods at once.
    """
    basic = request.header(b"authorization")
    asserted = "client_assertion" in form
    if "client_secret" in form:
        raise OAuthError("invalid_request", "send the secret in an Authorization: Basic header, not in the body")
    if basic is not None and asserted:
        raise OAuthError("invalid_request", "two ways of client authentication in one request; use one")
    if basic is not None:
        client = secret_basic.authenticate(authority, basic)
    elif asserted:
        client = await assertion.authenticate(authority, form)
    elif request.certificate is not None:
        client = await certificate.authenticate(authority, request)
    else:
        client = _public(authority, form)
    if form.get("client_id", client.id) != client.id:
        raise InvalidClient("client_id names another client than the one that authenticated")
    return client


def _public(authority: Authority, form: Mapping[str, str]) -> Client:
    named = form.get("client_id", "")
    if not named:
        raise InvalidClient("no client authentication; a public client sends at least client_id")
    client = authority.clients.get(named)
    if client is None or client.method != "none":
        raise InvalidClient("this client is unknown, or must authenticate")
    return client
