"""One login attempt: the authorization code flow with PKCE (RFC 6749, RFC 7636, RFC 9700, OpenID Connect Core 1.0).

``start`` → ``Pending`` → ``receive`` → ``Callback`` → ``token_request`` → ``TokenRequest`` → ``accept`` → ``Tokens``.
Each outcome is a type that only the step before it can make, so no check can be left out.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import InitVar, dataclass, field
from urllib.parse import urlencode

from ringwall.errors import Unavailable
from ringwall.login import pkce
from ringwall.login.client import Client
from ringwall.login.pending import LIFETIME, Pending
from ringwall.login.provider import Provider
from ringwall.login.refusal import LoginRefused
from ringwall.login.step import STEP, only_from_before
from ringwall.login.token_response import TokenResponse, read_token_response
from ringwall.login.web import parameters
from ringwall.tokens.id_token import IdTokenRequirements, VerifiedIdToken, verify_id_token
from ringwall.tokens.keys import KeySet

_MAX_CODE = 4096


@dataclass(frozen=True, slots=True)
class Callback:
    """The provider's answer to the attempt: it is to this attempt, from this provider, in time."""

    pending: Pending
    provider: Provider
    code: str = field(repr=False)
    step: InitVar[object] = None

    def __post_init__(self, step: object) -> None:
        only_from_before(self, step)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What to send to ``url``, by ``POST``: ``form``, to which the client adds its proof."""

    callback: Callback
    url: str
    form: bytes = field(repr=False)
    step: InitVar[object] = None

    def __post_init__(self, step: object) -> None:
        only_from_before(self, step)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The end of an attempt: the tokens, and the ID token verified."""

    pending: Pending
    response: TokenResponse
    identity: VerifiedIdToken
    step: InitVar[object] = None

    def __post_init__(self, step: object) -> None:
        only_from_before(self, step)


def start(
    provider: Provider, client: Client, redirect_uri: str, next_path: str, now: float, *, login: str = ""
) -> tuple[str, Pending]:
    """Begin: the URL to send the browser to, and what to remember until it comes back.

    ``next_path`` has been through :func:`~ringwall.login.place.local_path`; ``login`` is the provider's name with us.
    """
    state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), pkce.new_verifier()
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(client.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": pkce.challenge(verifier),
            "code_challenge_method": pkce.METHOD,
        }
    )
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    pending = Pending(
        login, provider.issuer, client.id, redirect_uri, next_path, now, state, nonce, verifier, step=STEP
    )
    return f"{provider.authorization_endpoint}{joint}{query}", pending


def receive(pending: Pending, provider: Provider, redirect_uri: str, query: str, now: float) -> Callback:
    """Judge the query that the browser brought back to ``redirect_uri``. Raises ``LoginRefused`` or ``Unavailable``.

    State first: nothing else of a foreign answer is looked at. Then the issuer (RFC 9207), against mix-up.
    """
    answer = parameters(query)
    if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
        raise LoginRefused("the answer belongs to another attempt: its state differs", code="state")
    if not pending.started <= now < pending.started + LIFETIME:
        raise LoginRefused(f"the attempt was not finished within {LIFETIME:.0f} s", code="expired")
    if provider.issuer != pending.issuer or redirect_uri != pending.redirect_uri:
        raise LoginRefused("the answer came to a place that this attempt did not name", code="issuer")
    if answer.get("iss", None if provider.names_itself else pending.issuer) != pending.issuer:
        raise LoginRefused("the answer is another provider's: its iss differs or is missing", code="issuer")
    if "error" in answer:
        raise _refusal(answer["error"])
    if not 0 < len(code := answer.get("code", "")) <= _MAX_CODE:
        raise LoginRefused("the answer has no code")
    return Callback(pending, provider, code, step=STEP)


def token_request(callback: Callback) -> TokenRequest:
    """The request that redeems the code (RFC 6749 section 4.1.3)."""
    form = urlencode(
        {
            "grant_type": "authorization_code",
            "code": callback.code,
            "redirect_uri": callback.pending.redirect_uri,
            "code_verifier": callback.pending.verifier,
        }
    )
    return TokenRequest(callback, callback.provider.token_endpoint, form.encode(), step=STEP)


def accept(request: TokenRequest, status: int, body: bytes, keys: KeySet, now: float) -> Tokens:
    """Judge the token response: OAuth's form, then the ID token with this attempt's nonce.

    ``keys`` are the provider's; ``now`` is when the request was sent. Raises ``LoginRefused``, ``Unauthenticated`` or
    ``Unavailable``; an ``UnknownKey`` among them means that newer keys may judge the same response better.
    """
    pending = request.callback.pending
    response = read_token_response(status, body, now)
    if not response.id_token:
        raise LoginRefused("the provider sent no ID token; is 'openid' among the scopes?", code="token", status=502)
    identity = verify_id_token(
        response.id_token,
        keys,
        IdTokenRequirements(pending.issuer, pending.client_id),
        now,
        nonce=pending.nonce,
        access_token=response.access_token,
    )
    return Tokens(pending, response, identity, step=STEP)


def _refusal(error: str) -> Exception:
    # The words of RFC 6749 section 4.1.2.1. The provider's description is a stranger's text: it is shown to nobody.
    if error in ("temporarily_unavailable", "server_error"):
        return Unavailable("the provider cannot log people in now", retry_after=5.0)
    if error == "access_denied":
        return LoginRefused("the login was cancelled at the provider", code="access_denied", status=403)
    known = error if error.isascii() and error.replace("_", "").isalnum() and len(error) <= 64 else "an unknown error"
    return LoginRefused(f"the provider answered with {known}", code="provider", status=502)
