"""One ES256 key (RFC 7518 section 3.4): it signs compact JWS with headers that were serialised once."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey

_ECDSA = ec.ECDSA(SHA256())
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False).encode


class SigningKey:
    """A P-256 private key. ``kid`` is its RFC 7638 thumbprint, ``public`` its JWK."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        key = ECKey.import_key(private.public_key())
        self.kid = key.thumbprint()
        self.public: dict[str, Any] = {**key.as_dict(private=False), "kid": self.kid, "alg": "ES256", "use": "sig"}
        self._headers: dict[str, bytes] = {}

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, pkcs8: bytes) -> SigningKey:
        private = load_der_private_key(pkcs8, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        return cls(private)

    def pkcs8(self) -> bytes:
        """The private key as DER, unencrypted: only for sealing."""
        return self._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, claims: Mapping[str, Any], typ: str) -> str:
        """``claims`` as a compact JWS with this ``typ`` (RFC 8725 section 3.11)."""
        header = self._headers.get(typ)
        if header is None:
            header = _base64(_encode({"alg": "ES256", "typ": typ, "kid": self.kid}).encode())
            self._headers[typ] = header
        message = header + b"." + _base64(_encode(claims).encode())
        r, s = decode_dss_signature(self._private.sign(message, _ECDSA))
        return (message + b"." + _base64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
