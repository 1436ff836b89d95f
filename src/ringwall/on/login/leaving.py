"""The end of a session at its provider: revocation (RFC 7009) and RP-initiated logout (OpenID Connect)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from ringwall.errors import RingwallError
from ringwall.login.place import HOME
from ringwall.login.session import Session
from ringwall.login.web import WebResponse, page, redirect
from ringwall.on.login.channel import Channel

log = logging.getLogger("ringwall.login")

_PATIENCE = 3.0


class Leaving:
    """Tells a provider that a session, which we have already ended here, is over."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    async def revoke(self, session: Session) -> None:
        """Revoke the refresh token, as well as that can be done within three seconds. Never raises for a provider."""
        channel = self._channels[session.login]
        form = {"token": session.refresh_token, "token_type_hint": "refresh_token"}
        try:
            async with asyncio.timeout(_PATIENCE):
                endpoint = (await channel.provider()).revocation_endpoint
                if not endpoint or not session.refresh_token:
                    return
                status, _ = await channel.post(endpoint, urlencode(form).encode())
            if status != 200:
                log.warning("%s answered %s to a revocation", endpoint, status)
        except (RingwallError, TimeoutError) as error:
            log.warning("a refresh token was not revoked at its provider: %s", error)

    async def response(self, session: Session, origin: str) -> WebResponse:
        """Where the browser goes next: to the provider, to log out there too, and from there to our home page."""
        channel = self._channels[session.login]
        try:
            endpoint = (await channel.provider()).end_session_endpoint
        except RingwallError:
            endpoint = ""
        if not endpoint:
            return redirect(HOME)
        query = urlencode(
            {
                "id_token_hint": session.id_token,
                "client_id": channel.relying.client.id,
                "post_logout_redirect_uri": origin + HOME,
            }
        )
        there = escape(f"{endpoint}{'&' if '?' in endpoint else '?'}{query}")
        # A page that leads on, not a redirect: the form's own page may have a policy (form-action 'self') that lets no
        # redirect leave this site.
        return page(
            200,
            "Logged out",
            f'<p><a href="{there}">Continue</a></p>',
            head=f'<meta http-equiv="refresh" content="0;url={there}">',
        )
