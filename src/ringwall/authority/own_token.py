"""A token of ours that comes back: verified as any guard would, and against the cut-offs at their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.errors import Unauthenticated
from ringwall.tokens import claims as read
from ringwall.tokens.access_token import Requirements, VerifiedToken, verify
from ringwall.tokens.signed import open_signed

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

LEEWAY = 2.0
"""Seconds. A token may be dated one second ahead, past a cut-off (``revocation.issue_time``)."""

_SIZE = 8192
_ALGORITHMS = frozenset({"ES256"})


def own_token(authority: Authority, token: str, audience: str | None = None) -> VerifiedToken:
    """The access token, if it is ours, in time, not revoked, and for ``audience`` (``None``: for anybody).

    Raises ``Unauthenticated``.
    """
    keys = authority.keys.verifying()
    if audience is None:
        audience = read.audience(open_signed(token, keys, _ALGORITHMS, _SIZE).payload)[0]
    requirements = Requirements(
        authority.settings.issuer, audience, leeway=LEEWAY, max_bytes=_SIZE, algorithms=_ALGORITHMS
    )
    verified = verify(token, keys, requirements, authority.clock.now())
    if is_revoked(authority, verified):
        raise Unauthenticated(f"the token was revoked (jti {verified.jti!r})", code="invalid_token")
    return verified


def is_revoked(authority: Authority, token: VerifiedToken) -> bool:
    """Whether a cut-off reaches the token."""
    cutoffs = authority.cutoffs
    reached = cutoffs.effective(sub=token.sub, sid=token.sid, client=token.client_id, key=token.kid)
    return cutoffs.revoked(token.jti) or token.issued <= reached
