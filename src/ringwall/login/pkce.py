"""Proof key for code exchange (RFC 7636), with the method ``S256`` and no other."""

from __future__ import annotations

import base64
import hashlib
import secrets

METHOD = "S256"


def new_verifier() -> str:
    """A fresh code verifier: 256 random bits in 43 characters (section 4.1)."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """``BASE64URL(SHA256(ASCII(verifier)))`` without padding (section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")
