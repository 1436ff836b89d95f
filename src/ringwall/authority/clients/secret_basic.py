"""``client_secret_basic`` (RFC 6749 section 2.3.1): a random secret of 256 bits, of which we keep the SHA-256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from ringwall.authority.oauth.error import InvalidClient
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_NO_CLIENT = bytes(32)


def new_secret() -> tuple[str, bytes]:
    """A fresh client secret, and what is stored of it. A secret that long needs no slow hash."""
    secret = secrets.token_urlsafe(32)
    return secret, digest(secret)


def digest(secret: str) -> bytes:
    """What is stored of a client secret."""
    return hashlib.sha256(secret.encode()).digest()


def authenticate(authority: Authority, header: bytes) -> Client:
    """The client whose id and secret an ``Authorization: Basic`` header carries. Raises ``InvalidClient``."""
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        raise InvalidClient("the Authorization header is not of the Basic scheme")
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClient("the Basic credentials are not base64 of client_id:client_secret") from None
    client = authority.clients.get(unquote_plus(name)) if colon else None
    usable = client is not None and client.method == "client_secret_basic" and client.secret_hash is not None
    # The comparison runs for unknown clients too, so that the time says nothing about who is registered.
    expected = client.secret_hash if client is not None and client.secret_hash is not None else _NO_CLIENT
    matches = hmac.compare_digest(digest(unquote_plus(secret)), expected)
    if client is None or not (usable and matches):
        raise InvalidClient("the client is unknown, its secret is wrong, or it authenticates in another way")
    return client
