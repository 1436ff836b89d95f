"""The authorization request (RFC 6749 section 4.1.1, RFC 7636, OpenID Connect Core 3.1.2.1), read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from ringwall.authority.clients import redirect
from ringwall.authority.clients.registry import Registry
from ringwall.authority.pages.page import Refused
from ringwall.errors import RingwallError
from ringwall.store.clients import Client

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = frozenset({"none", "login", "consent"})
_LONGEST = 2048
_KNOWN = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge"),
    *("code_challenge_method", "prompt", "max_age", "login_hint", "response_mode"),
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request that may be answered at its redirect URI. ``max_age`` is in seconds, ``None`` for any."""

    client: Client
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    challenge: str
    prompt: frozenset[str]
    max_age: int | None
    login_hint: str
    query: str

    def answer(self, issuer: str, **parameters: str) -> str:
        """Where to send the browser with ``parameters``, the state, and our name (RFC 9207)."""
        return answer(self.redirect_uri, self.state, issuer, **parameters)


class AuthorizationRefused(RingwallError):
    """The request is wrong, and its client may be told so by redirect to ``location``'s owner."""

    def __init__(self, code: str, description: str, redirect_uri: str, state: str) -> None:
        super().__init__(description)
        self.code = code
        self.redirect_uri = redirect_uri
        self.state = state


def read(parameters: Mapping[str, str], clients: Registry) -> Authorization:
    """Check a request. Raises ``Refused`` while it is unknown where an answer may go, then ``AuthorizationRefused``."""
    client = clients.get(parameters.get("client_id", ""))
    if client is None:
        raise Refused("the application that sent you is not known here", hint="its client_id is not registered")
    redirect_uri = parameters.get("redirect_uri", "")
    if not redirect_uri:
        raise Refused(
            "the application that sent you did not say where to send you back to",
            hint="redirect_uri is missing; send one that the client registered",
        )
    if not redirect.may_answer_at(client, redirect_uri):
        raise Refused(
            "the application that sent you asked to be answered at an address that is not its own",
            hint="redirect_uri must be exactly one that the client registered",
        )
    state = parameters.get("state", "")
    problem = _problem(parameters, client)
    if problem is not None:
        raise AuthorizationRefused(*problem, redirect_uri, state[:_LONGEST])
    age = parameters.get("max_age")
    return Authorization(
        client=client,
        redirect_uri=redirect_uri,
        scope=" ".join(sorted(set(parameters.get("scope", "openid").split()))),
        state=state,
        nonce=parameters.get("nonce", ""),
        challenge=parameters["code_challenge"],
        prompt=frozenset(parameters.get("prompt", "").split()),
        max_age=None if age is None else int(age),
        login_hint=parameters.get("login_hint", "")[:64],
        query=urlencode({name: parameters[name] for name in _KNOWN if name in parameters}),
    )


def answer(redirect_uri: str, state: str, issuer: str, **parameters: str) -> str:
    """``redirect_uri`` with an answer in its query."""
    told = {**parameters, **({"state": state} if state else {}), "iss": issuer}
    parts = urlsplit(redirect_uri)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(told))))))


def _problem(parameters: Mapping[str, str], client: Client) -> tuple[str, str] | None:
    if any(len(value) > _LONGEST for value in parameters.values()):
        return "invalid_request", f"a parameter is longer than {_LONGEST} characters"
    if "request" in parameters:
        return "request_not_supported", "send the parameters themselves"
    if "request_uri" in parameters:
        return "request_uri_not_supported", "send the parameters themselves"
    if parameters.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if parameters.get("response_mode", "query") != "query":
        return "invalid_request", "response_mode must be query"
    if "authorization_code" not in client.grants:
        return "unauthorized_client", "this client may not log people in"
    if "code_challenge" not in parameters:
        return "invalid_request", "PKCE is required: send code_challenge with code_challenge_method=S256 (RFC 7636)"
    if parameters.get("code_challenge_method") != "S256":
        return "invalid_request", "code_challenge_method must be S256: plain is no protection"
    if not _CHALLENGE.fullmatch(parameters["code_challenge"]):
        return "invalid_request", "code_challenge must be the base64url of a SHA-256, 43 characters without padding"
    scope = set(parameters.get("scope", "openid").split())
    if not scope:
        # To nothing, nobody needs to consent; and the token would still say who they are and what they may.
        return "invalid_scope", "scope holds no name; leave it out, or ask for openid"
    if unknown := scope - set(client.scopes):
        return "invalid_scope", f"this client may not ask for {sorted(unknown)[0][:40]!r}"
    prompt = set(parameters.get("prompt", "").split())
    if prompt - _PROMPTS or ("none" in prompt and len(prompt) > 1):
        return "invalid_request", "prompt is none, login or consent"
    age = parameters.get("max_age", "0")
    if not (age.isascii() and age.isdigit() and len(age) < 10):
        return "invalid_request", "max_age is a number of seconds"
    return None
