"""What a client asks for, held against what it may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ringwall.authority.oauth.error import OAuthError
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

PERSONAL = frozenset({"openid", "profile", "email", "offline_access"})
"""Scopes that only mean something for a person."""


def scope(form: Mapping[str, str], allowed: Iterable[str], *, personal: bool = True) -> str:
    """The scope asked for (RFC 6749 section 3.3); all of it when nothing is asked. Raises ``OAuthError``."""
    may = [name for name in allowed if personal or name not in PERSONAL]
    if "scope" not in form:
        return " ".join(may)
    asked = list(dict.fromkeys(form["scope"].split()))
    if beyond := [name for name in asked if name not in may]:
        raise OAuthError("invalid_scope", f"not allowed here: {' '.join(beyond)[:200]!r}; allowed: {' '.join(may)!r}")
    return " ".join(asked)


def audience(authority: Authority, client: Client, form: Mapping[str, str]) -> str:
    """The service that the token is for: ``audience``, or the client's own first one. Raises ``OAuthError``."""
    if "resource" in form:
        raise OAuthError("invalid_target", "name the service in audience, by its name")
    own = client.audiences or (authority.clients.name(client),)
    asked = form.get("audience")
    if asked is None or asked in own:
        return asked or own[0]
    if client.kind == "service" and target_allowed(authority, client, asked):
        return asked
    raise OAuthError("invalid_target", f"this client may not ask for the audience {asked[:100]!r}")


def target_allowed(authority: Authority, client: Client, target: str) -> bool:
    """Whether ``client`` may hold tokens for the service ``target``: registered, and on the client's list if any."""
    return authority.clients.service(target) is not None and (client.exchange is None or target in client.exchange)
