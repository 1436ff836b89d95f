"""A provider's voice: its discovery document, its keys, and ID tokens that say whatever a test asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from ringwall.login.attempt import Callback, Pending, TokenRequest, receive, start, token_request
from ringwall.login.client import Client
from ringwall.login.provider import Provider, provider
from ringwall.tokens.keys import KeySet

NOW = 1_800_000_000.0
_KEYS = {name: ECKey.generate_key("P-256", {"kid": name, "alg": "ES256", "use": "sig"}) for name in ("mine", "other")}


@dataclass
class Voice:
    """One provider and what it would say."""

    issuer: str = "https://id.example"
    key: str = "mine"
    client: Client = field(default_factory=lambda: Client("shop", ("openid", "profile"), "basic"))
    redirect_uri: str = "https://shop.example/callback"

    def document(self, **changes: Any) -> bytes:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "revocation_endpoint": f"{self.issuer}/revoke",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        } | changes
        return json.dumps({name: value for name, value in found.items() if value is not None}).encode()

    def provider(self, **changes: Any) -> Provider:
        return provider(self.document(**changes), self.issuer, development=False, by_certificate=False)

    def keys(self) -> KeySet:
        return KeySet.parse(json.dumps({"keys": [_KEYS[self.key].as_dict(private=False)]}).encode())

    def id_token(self, nonce: str, **changes: Any) -> str:
        claims = {"iss": self.issuer, "sub": "ann", "aud": self.client.id, "iat": int(NOW), "exp": int(NOW) + 300}
        claims |= {"nonce": nonce} | changes
        header = {"alg": "ES256", "kid": self.key}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, _KEYS[self.key])

    def response(self, token: str, /, **changes: Any) -> bytes:
        found = {"access_token": "at", "token_type": "Bearer", "expires_in": 600, "id_token": token} | changes
        return json.dumps({name: value for name, value in found.items() if value is not None}).encode()

    def start(self, **changes: Any) -> tuple[str, Pending]:
        return start(self.provider(**changes), self.client, self.redirect_uri, "/orders", NOW)

    def answer(self, pending: Pending, **changes: Any) -> str:
        from urllib.parse import urlencode

        found = {"state": pending.state, "code": "c0de", "iss": self.issuer} | changes
        return urlencode({name: value for name, value in found.items() if value is not None})

    def callback(self, pending: Pending) -> Callback:
        return receive(pending, self.provider(), self.redirect_uri, self.answer(pending), NOW)

    def request(self) -> TokenRequest:
        return token_request(self.callback(self.start()[1]))


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def stranger_voice() -> Voice:
    """Another provider, with keys of its own."""
    return Voice(issuer="https://evil.example", key="other")


@pytest.fixture
def now() -> float:
    return NOW
