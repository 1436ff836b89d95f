"""ID tokens (OpenID Connect Core section 2): what a client learns of the person who logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.authority.directory import Person
from ringwall.store.families import Family

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_OWN = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "azp", "acr", "amr", "at_hash", "roles"}
)


def id_token(authority: Authority, family: Family, person: Person, *, issued: int, nonce: str = "") -> str:
    """A signed ID token for ``family``'s client. ``nonce`` is the one of the authorization request, if it had any."""
    shown = {**(person.profile if "profile" in family.scope.split() else {}), **person.attributes}
    claims = {name: value for name, value in shown.items() if name not in _OWN} | {
        "iss": authority.settings.issuer,
        "sub": person.sub,
        "aud": family.client,
        "iat": issued,
        "exp": issued + authority.settings.lifetimes.id_token,
        "auth_time": family.auth_time,
        "sid": family.sid,
        "roles": list(person.roles),
    }
    if nonce:
        claims["nonce"] = nonce
    return authority.keys.current().sign(claims, "JWT")
