"""Where a client may be answered: exactly an address that it registered (RFC 9700 section 4.1.3)."""

from __future__ import annotations

import re

from ringwall.store.clients import Client

_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\])):([1-9][0-9]{0,4})(/.*)")


def may_answer_at(client: Client, uri: str) -> bool:
    """Whether ``uri`` is one of the client's redirect URIs."""
    return _is_one_of(uri, client.redirect_uris, client)


def may_go_on_to(client: Client, uri: str) -> bool:
    """Whether ``uri`` is one of those to which the client sends people after a logout."""
    return _is_one_of(uri, client.post_logout_redirect_uris, client)


def _is_one_of(uri: str, registered: tuple[str, ...], client: Client) -> bool:
    return uri in registered or (client.kind == "native" and _without_port(uri) in registered)


def _without_port(uri: str) -> str | None:
    """A native program listens where the system lets it: on loopback, any port will do (RFC 8252 section 7.3)."""
    found = _LOOPBACK.fullmatch(uri)
    return found[1] + found[3] if found is not None and int(found[2]) < 65536 else None
