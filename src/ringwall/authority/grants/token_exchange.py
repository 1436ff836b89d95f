"""Token exchange (RFC 8693): a service that was called for somebody calls the next service for them.

The subject token must be one that was meant for the calling service; the new one is meant for the next service alone,
lives no longer, and names in ``act`` who acts, with those who acted before inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringwall.authority.access_token import REGISTERED, AccessToken, answer
from ringwall.authority.grants.asked import PERSONAL, scope, target_allowed
from ringwall.authority.http import Answer
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.own_token import is_revoked, own_token
from ringwall.authority.revocation import issue_time
from ringwall.errors import Unauthenticated
from ringwall.store import ledger
from ringwall.store.clients import Client
from ringwall.tokens.access_token import VerifiedToken

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

NAME = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
DEEPEST = 4
"""The most services that may act for somebody in one chain."""


async def grant(authority: Authority, client: Client, form: Mapping[str, str]) -> Answer:
    """A token for ``audience``, in which ``client`` acts for the subject. Raises ``OAuthError``."""
    if client.kind != "service":
        raise OAuthError("unauthorized_client", "only a service may exchange tokens")
    _check_form(form)
    subject = _subject(authority, client, form["subject_token"])
    target = form["audience"]
    if not target_allowed(authority, client, target):
        known = (
            "is not a service that this authority knows"
            if authority.clients.service(target) is None
            else "is not allowed"
        )
        raise OAuthError("invalid_target", f"the audience {target[:100]!r} {known} for {client.name}")
    act = _act(client, subject.claims.get("act"))
    issued = await issue_time(authority, sub=subject.sub, sid=subject.sid, client=client.id)
    lifetime = authority.settings.lifetimes.access
    if is_revoked(authority, subject):  # while the issue waited for a cut-off of this second
        raise OAuthError("invalid_request", "the subject token was revoked")
    if subject.expires <= issued:
        raise OAuthError("invalid_request", "the subject token has expired")
    held = [name for name in str(subject.claims.get("scope", "")).split() if name not in PERSONAL]
    token = AccessToken(
        sub=subject.sub,
        client=client.id,
        audience=target,
        issued=issued,
        expires=min(issued + lifetime, subject.expires),
        scope=scope(form, held),
        sid=subject.sid,
        roles=tuple(subject.claims.get("roles", ())),
        attributes={name: _plain(value) for name, value in subject.claims.items() if name not in REGISTERED},
        act=act,
    )
    event = token.event(NAME, authority.clock.now(), subject_jti=subject.jti, act=act)
    await authority.store.write(ledger.record, event)
    return answer(authority, token, issued_token_type=ACCESS_TOKEN)


def _check_form(form: Mapping[str, str]) -> None:
    for name in ("subject_token", "audience"):
        if not form.get(name):
            raise OAuthError("invalid_request", f"{name} is missing")
    if form.get("subject_token_type") != ACCESS_TOKEN:
        raise OAuthError("invalid_request", f"subject_token_type must be {ACCESS_TOKEN}")
    if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise OAuthError("invalid_request", f"requested_token_type can only be {ACCESS_TOKEN}")
    if "actor_token" in form:
        raise OAuthError("invalid_request", "the actor is the client that authenticates; leave actor_token out")
    if "resource" in form:
        raise OAuthError("invalid_target", "name the service in audience, by its name")


def _subject(authority: Authority, client: Client, token: str) -> VerifiedToken:
    try:
        return own_token(authority, token, authority.clients.name(client))
    except Unauthenticated as error:
        raise OAuthError("invalid_request", f"the subject token is refused: {error.message}") from None


def _act(client: Client, before: Any) -> dict[str, Any]:
    act: dict[str, Any] = {"sub": client.id}
    if before is not None:
        act["act"] = _plain(before)
    depth, link = 0, act
    while isinstance(link, dict):
        depth, link = depth + 1, link.get("act")  # type: ignore[assignment]
    if depth > DEEPEST:
        raise OAuthError("invalid_request", f"more than {DEEPEST} services would act in one chain")
    return act


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, tuple | list) else value
