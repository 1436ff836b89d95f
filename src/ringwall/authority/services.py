"""Services at the internal listener: who calls, and what a service says about itself."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ringwall.authority.clients import certificate
from ringwall.authority.http import Answer, Request, answer_json
from ringwall.authority.oauth.error import OAuthError
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

MOST = 16
"""The most redirect URIs that a service may have of each kind."""

_FOREIGN = re.compile(r"[^!-~]|[\"#<>\\^`{|}]")
_FOREIGN_IN_HOST = re.compile(r"[^A-Za-z0-9.:\[\]-]")
_FIELDS = ("redirect_uris", "post_logout_redirect_uris", "audiences")


async def require_service(authority: Authority, request: Request) -> Client:
    """The registered service that calls. Raises ``InvalidClient``."""
    return await certificate.authenticate(authority, request)


async def put_self(authority: Authority, request: Request) -> Answer:
    """``PUT /services/self``: a service registers where its logins come back to. Answers what is registered now.

    In development any URI on this machine (a loopback address, ``localhost`` or below it); in production only what the
    authority's configuration lists for this service.
    """
    client = await require_service(authority, request)
    asked = await request.json()
    if not isinstance(asked, dict) or set(asked) - set(_FIELDS):
        raise OAuthError("invalid_client_metadata", f"send a JSON object with some of: {', '.join(_FIELDS)}")
    changes = {name: _texts(name, value) for name, value in asked.items()}
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in changes.get(name, ()):
            _check_uri(authority, client, name, uri)
    if "audiences" in changes:
        changes["audiences"] = _audiences(authority, client, changes["audiences"])
    client = replace(client, **changes)  # type: ignore[arg-type]
    await authority.clients.put(client, actor=client.id)
    return answer_json({"client_id": client.id, **{name: list(getattr(client, name)) for name in _FIELDS}})


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST or not all(isinstance(item, str) for item in value):
        raise OAuthError("invalid_client_metadata", f"{name} is a list of at most {MOST} strings")
    return tuple(dict.fromkeys(value))


def _check_uri(authority: Authority, client: Client, name: str, uri: str) -> None:
    if not authority.settings.development:
        allowed = authority.settings.services.get(client.name)
        if allowed is None or uri not in getattr(allowed, name):
            raise OAuthError(
                "invalid_redirect_uri",
                f"{uri[:200]!r} is not among the {name} of {client.name} in the authority's configuration",
            )
    elif not is_local(uri):
        raise OAuthError(
            "invalid_redirect_uri", f"{uri[:200]!r} is not on this machine; in development use localhost or *.localhost"
        )


def _audiences(authority: Authority, client: Client, asked: tuple[str, ...]) -> tuple[str, ...]:
    # A service is always an audience of its own; another name is somebody else's unless the configuration says so.
    allowed = authority.settings.services.get(client.name)
    for name in asked:
        if name != client.name and (allowed is None or name not in allowed.audiences):
            raise OAuthError("invalid_client_metadata", f"the audience {name[:100]!r} is not this service's")
    return (client.name, *(name for name in asked if name != client.name))


def is_local(uri: str) -> bool:
    """Whether an http or https URI, without user or fragment, points at this machine."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    # What is not a URI's character (RFC 3986 section 2) would be markup or a directive where the address is shown.
    if parts.scheme not in ("http", "https") or _FOREIGN.search(uri) or _FOREIGN_IN_HOST.search(parts.netloc):
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
