"""An issuer that signs whatever a test asks for, right or wrong, with cryptography alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ringwall.errors import Unauthenticated
from ringwall.tokens.access_token import Requirements, verify
from ringwall.tokens.keys import KeySet
from ringwall.tokens.principal import Naming
from ringwall.tokens.revocation import Beat, Cutoffs
from ringwall.tokens.verifier import Verifier

NOW = 1_800_000_000


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def as_json(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


@dataclass
class Key:
    """A private key with the public JWK that goes with it."""

    private: Any
    alg: str
    kid: str
    jwk: dict[str, Any]

    def sign(self, data: bytes) -> bytes:
        if self.alg.startswith("ES"):
            size, digest = (32, hashes.SHA256()) if self.alg == "ES256" else (48, hashes.SHA384())
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if self.alg == "EdDSA":
            return self.private.sign(data)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return self.private.sign(data, padding.PKCS1v15() if self.alg == "RS256" else pss, hashes.SHA256())


def make_key(alg: str, kid: str) -> Key:
    private: Any
    if alg.startswith("ES"):
        curve, name, size = (ec.SECP256R1(), "P-256", 32) if alg == "ES256" else (ec.SECP384R1(), "P-384", 48)
        private = ec.generate_private_key(curve)
        point = private.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": name, "x": number(point.x, size), "y": number(point.y, size)}
    elif alg == "EdDSA":
        private = ed25519.Ed25519PrivateKey.generate()
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(private.public_key().public_bytes_raw())}
    else:
        private = rsa.generate_private_key(65537, 2048)
        public = private.public_key().public_numbers()
        jwk = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
    return Key(private, alg, kid, jwk | {"kid": kid, "alg": alg, "use": "sig"})


@dataclass
class Issuer:
    """Signs tokens. ``mint`` without arguments makes one that holds for :attr:`requirements` at :attr:`now`."""

    keys_by_alg: dict[str, Key]
    now: int = NOW
    url: str = "https://auth.example"
    requirements: Requirements = field(default_factory=lambda: Requirements("https://auth.example", "orders"))
    naming: Naming = field(default_factory=lambda: Naming("ringwall.internal", attributes={"region": "region"}))

    @property
    def key(self) -> Key:
        return self.keys_by_alg["ES256"]

    @property
    def key_set(self) -> KeySet:
        return self.key_set_of(self.key)

    def key_set_of(self, *keys: Key | dict[str, Any]) -> KeySet:
        jwks = [key.jwk if isinstance(key, Key) else key for key in keys]
        return KeySet.parse(json.dumps({"keys": jwks}).encode())

    def new_key(self, kid: str, alg: str = "ES256") -> Key:
        return make_key(alg, kid)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good token; a change to ``...`` takes one away."""
        good = {
            "iss": self.url,
            "sub": "ann",
            "aud": "orders",
            "client_id": "shop",
            "iat": self.now,
            "exp": self.now + 600,
            "jti": "01JTI",
            "sid": "s-1",
            "scope": "openid",
            "roles": ["customer"],
            "region": "eu",
        }
        return {name: value for name, value in (good | changes).items() if value is not ...}

    def mint(
        self, payload: Any = None, *, header: Any = None, key: Key | None = None, typ: Any = "at+jwt", **changes: Any
    ) -> str:
        """Sign ``payload`` (bytes as they are, else JSON), or good claims with ``changes``."""
        key = key or self.key
        if not isinstance(header, bytes):
            header = {"alg": key.alg, "kid": key.kid, "typ": typ} | (header or {})
            header = {name: value for name, value in header.items() if value is not ...}
        body = as_json(payload if payload is not None else self.claims(**changes))
        signing = f"{b64(as_json(header))}.{b64(body)}"
        return f"{signing}.{b64(key.sign(signing.encode()))}"

    def verifier(self, clock: TestClock, **options: Any) -> Verifier:
        """A verifier of this issuer's tokens, whose feed has just been heard."""
        cutoffs = options.pop("cutoffs", None)
        if cutoffs is None:
            cutoffs = Cutoffs()
            cutoffs.take(Beat(0, clock.now()), clock.now(), clock.steady())
        keys = options.pop("keys", lambda: self.key_set)
        requirements = options.pop("requirements", self.requirements)
        naming = options.pop("naming", self.naming)
        source = options.pop("feed", lambda: cutoffs)
        return Verifier(requirements, naming, keys, source, clock=clock, **options)


class TestClock:
    """Two clocks that a test turns by hand: ``pass_`` moves both, ``jump`` the wall clock only."""

    __test__ = False

    def __init__(self, now: float = NOW, steady: float = 50.0) -> None:
        self._now, self._steady = float(now), steady

    def now(self) -> float:
        return self._now

    def steady(self) -> float:
        return self._steady

    def pass_(self, seconds: float) -> None:
        self._now += seconds
        self._steady += seconds

    def jump(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    algs = ("ES256", "ES384", "EdDSA", "RS256", "PS256")
    return Issuer({alg: make_key(alg, f"{alg}-1") for alg in algs})


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def refused(issuer: Issuer) -> Callable[..., None]:
    """Checks that an access token is refused, why, and that no part of it is in the message."""

    def check(
        token: str, because: str, *, keys: KeySet | None = None, requirements: Requirements | None = None
    ) -> None:
        with pytest.raises(Unauthenticated, match=because) as caught:
            verify(token, keys or issuer.key_set, requirements or issuer.requirements, issuer.now)
        assert caught.value.code == "invalid_token"
        for segment in token.split("."):
            assert len(segment) < 8 or segment not in caught.value.render()

    return check
