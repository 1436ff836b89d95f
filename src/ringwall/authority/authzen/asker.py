"""Who asks for decisions, and which policy set answers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringwall.authority.access_token import CLIENT
from ringwall.authority.ca.attest import RESERVED
from ringwall.authority.clients import certificate
from ringwall.authority.http import Request
from ringwall.authority.oauth.error import InvalidToken, OAuthError
from ringwall.authority.own_token import own_token
from ringwall.authority.policies.decision_point import DecisionPoint
from ringwall.authority.policies.sets import DEFAULT
from ringwall.errors import Unauthenticated
from ringwall.store.clients import Client
from ringwall.tokens import claims as read

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


@dataclass(frozen=True, slots=True)
class Asker:
    """``actor`` is for the audit log; ``told_all`` is whether the answers may say why in full."""

    actor: str
    point: DecisionPoint
    told_all: bool


async def asker(authority: Authority, request: Request) -> Asker:
    """A service by its certificate, a client by a bearer token of its own, or an operator at their socket.

    A caller asks the policy set of its own name, else ``default``; an operator the one that ``?set=`` names. Raises
    ``InvalidClient`` and ``InvalidToken`` (401), and ``OAuthError`` (403) where no set answers.
    """
    told_all = authority.settings.development
    if request.user is not None:  # only OperatorsOnly lets anybody here by a Unix socket
        name, actor, told_all = request.query().get("set", DEFAULT), f"operator:{request.user}", True
    else:
        client = await _client(authority, request)
        name, actor = authority.clients.name(client), client.id
    point = authority.policies.of(name)
    if point is None:
        error = OAuthError("access_denied", f"there is no policy set for {name[:100]}, and no default", status=403)
        error.actor = actor
        raise error
    return Asker(actor, point, told_all)


async def _client(authority: Authority, request: Request) -> Client:
    header = request.header(b"authorization")
    if header is None:
        if request.certificate is not None:
            return await certificate.authenticate(authority, request)
        raise InvalidToken("send an access token in an Authorization: Bearer header, or a service's certificate")
    scheme, _, token = header.partition(b" ")
    if scheme.lower() != b"bearer":
        raise InvalidToken("the Authorization header is not of the Bearer scheme")
    client = _holder(authority, token.strip().decode("ascii", "replace"))
    if client.kind == "service" and request.peer != client.id:
        raise InvalidToken("a service's token is taken from that very service alone; ask with its certificate")
    return client


def _holder(authority: Authority, token: str) -> Client:
    """The client that got this token for itself, to show here or at its own door.

    A token about a person, or one that was meant for another service, proves nothing about who sends it: each service
    holds many such.
    """
    try:
        verified = own_token(authority, token)
    except Unauthenticated as error:
        raise InvalidToken(error.message) from None
    client = authority.clients.get(verified.client_id)
    if client is None:
        raise InvalidToken("the token's client is no longer registered")
    itself = client.id if client.kind == "service" else f"{CLIENT}{client.id}"
    if verified.sub != itself or "act" in verified.claims:
        raise InvalidToken("the token speaks for somebody else; a client asks with a token of its own")
    if not {RESERVED, authority.clients.name(client)}.intersection(read.audience(verified.claims)):
        raise InvalidToken(f"the token is meant for another service; ask for the audience {RESERVED}")
    return client
