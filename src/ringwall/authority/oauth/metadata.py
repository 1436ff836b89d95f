"""What the authority says of itself: OpenID Connect Discovery, RFC 8414, and the key set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ringwall.authority.clients.assertion import ALGORITHMS
from ringwall.authority.http import JSON, Answer, Request
from ringwall.authority.oauth.token import GRANTS

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_METHODS = ["client_secret_basic", "private_key_jwt", "tls_client_auth"]


async def metadata(authority: Authority, _request: Request) -> Answer:
    """The discovery document, the same under both well-known names."""
    return Answer(200, json.dumps(document(authority), indent=1).encode(), (JSON, _cached(3600)))


async def jwks(authority: Authority, _request: Request) -> Answer:
    """The published keys (RFC 7517)."""
    return Answer(200, authority.keys.jwks(), (JSON, _cached(300)))


def document(authority: Authority) -> dict[str, Any]:
    """The members of RFC 8414 section 2, OpenID Connect Discovery section 3, RFC 8705 section 5, RFC 9207 section 3."""
    issuer, internal = authority.settings.issuer, authority.settings.internal
    algorithms = sorted(ALGORITHMS)
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "revocation_endpoint": f"{issuer}/revoke",
        "introspection_endpoint": f"{issuer}/introspect",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "end_session_endpoint": f"{issuer}/logout",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "mtls_endpoint_aliases": {
            "token_endpoint": f"{internal}/token",
            "revocation_endpoint": f"{internal}/revoke",
            "introspection_endpoint": f"{internal}/introspect",
            "userinfo_endpoint": f"{internal}/userinfo",
        },
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "offline_access"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": [*_METHODS, "none"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": [*_METHODS, "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": _METHODS,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "roles"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
    }


def _cached(seconds: int) -> tuple[bytes, bytes]:
    return (b"cache-control", f"public, max-age={seconds}".encode())
