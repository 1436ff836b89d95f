"""Access tokens (RFC 9068): what one says, and how it is signed and written down."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from ringwall.audit.event import Event
from ringwall.authority.http import Answer, answer_json

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

REGISTERED = frozenset({"iss", "sub", "aud", "client_id", "iat", "exp", "nbf", "jti", "sid", "scope", "roles", "act"})
"""The claims that mean something to us. No attribute of a person takes the place of one."""


CLIENT = "client:"
"""What the ``sub`` of a client that acts for itself begins with, unless it is a service."""

# A token's id must be unique, and need not be unguessable: it is signed. Fresh randomness for each would cost as much
# as half a signature.
_PROCESS = f"{secrets.token_urlsafe(16)}."
_COUNT = count()


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token will say. ``act`` is the chain of services that act for ``sub`` (RFC 8693 section 4.1)."""

    sub: str
    client: str
    audience: str
    issued: int
    expires: int
    scope: str = ""
    sid: str = ""
    roles: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    act: Mapping[str, Any] | None = None
    jti: str = field(default_factory=lambda: f"{_PROCESS}{next(_COUNT):x}")

    def claims(self, issuer: str) -> dict[str, Any]:
        """The token's payload."""
        claims = {name: value for name, value in self.attributes.items() if name not in REGISTERED}
        claims |= {
            "iss": issuer,
            "sub": self.sub,
            "aud": self.audience,
            "client_id": self.client,
            "iat": self.issued,
            "exp": self.expires,
            "jti": self.jti,
        }
        if self.sid:
            claims["sid"] = self.sid
        if self.scope:
            claims["scope"] = self.scope
        if self.roles:
            claims["roles"] = list(self.roles)
        if self.act is not None:
            claims["act"] = self.act
        return claims

    def event(self, grant: str, at: float, **detail: Any) -> Event:
        """What the audit log keeps of its issue: everything but the token."""
        facts = {"grant": grant, "jti": self.jti, "aud": self.audience, "scope": self.scope, "exp": self.expires}
        if self.sid:
            facts["sid"] = self.sid
        return Event("token.issued", at, actor=self.client, subject=self.sub, detail={**facts, **detail})


def answer(authority: Authority, token: AccessToken, **more: str) -> Answer:
    """The token endpoint's answer (RFC 6749 section 5.1). Call it after the issue was written down."""
    signed = authority.keys.current().sign(token.claims(authority.settings.issuer), "at+jwt")
    body: dict[str, Any] = {
        "access_token": signed,
        "token_type": "Bearer",
        "expires_in": token.expires - token.issued,
        "scope": token.scope,
        **more,
    }
    return answer_json(body)
