"""``/userinfo`` (OpenID Connect Core section 5.3): who the person behind an access token is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.authority.http import Answer, Request, answer_json
from ringwall.authority.oauth.error import InvalidToken, OAuthError
from ringwall.authority.own_token import own_token
from ringwall.errors import Unauthenticated

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def userinfo(authority: Authority, request: Request) -> Answer:
    """The person's ``sub``, and with the scope ``profile`` what else the directory shows of them."""
    scheme, _, token = (request.header(b"authorization") or b"").partition(b" ")
    if scheme.lower() != b"bearer":
        raise InvalidToken("send the access token in an Authorization: Bearer header")
    try:
        verified = own_token(authority, token.strip().decode("ascii", "replace"))
    except Unauthenticated as error:
        raise InvalidToken(error.message) from None
    scopes = str(verified.claims.get("scope", "")).split()
    if "openid" not in scopes:
        raise OAuthError("insufficient_scope", "the access token was not issued for the scope openid", status=403)
    person = authority.people.find(verified.sub)
    if person is None:
        raise InvalidToken("this person can no longer log in")
    shown = {**person.profile, **person.attributes} if "profile" in scopes else {}
    return answer_json({**shown, "sub": person.sub})
