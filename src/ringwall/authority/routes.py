"""Which endpoint stands at which path of which listener."""

from __future__ import annotations

from ringwall.authority import events, services
from ringwall.authority.app import Routes
from ringwall.authority.authzen import metadata as authzen
from ringwall.authority.oauth.introspect import introspect
from ringwall.authority.oauth.metadata import jwks, metadata
from ringwall.authority.oauth.revoke import revoke
from ringwall.authority.oauth.token import token
from ringwall.authority.oauth.userinfo import userinfo
from ringwall.authority.policies import distribute

OAUTH: Routes = {
    ("POST", "/token"): token,
    ("POST", "/revoke"): revoke,
    ("POST", "/introspect"): introspect,
    ("GET", "/userinfo"): userinfo,
    ("POST", "/userinfo"): userinfo,
    ("GET", "/.well-known/jwks.json"): jwks,
    ("GET", "/.well-known/openid-configuration"): metadata,
    ("GET", "/.well-known/oauth-authorization-server"): metadata,
    ("GET", authzen.PATH): authzen.metadata,
}
"""At both listeners. On the internal one, a client certificate authenticates its service."""

SERVICES: Routes = {
    ("GET", "/events"): events.events,
    ("GET", "/events/snapshot"): events.snapshot,
    ("PUT", "/services/self"): services.put_self,
    **distribute.ROUTES,
}
"""At the internal listener alone."""
