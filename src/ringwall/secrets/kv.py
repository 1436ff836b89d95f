"""The few exchanges of the Vault HTTP API that a service needs: log in by certificate, read and create KV v2 secrets.

Requests are returned as ``(method, path, body)`` below ``/v1/``, answers are taken as status and bytes; nothing here
does I/O. The shapes are those of Vault's KV version 2 (``secret/data/…``) and its TLS certificate auth method.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ringwall.errors import Unavailable
from ringwall.secret import Secret

MAX_ANSWER = 1 << 20
Request = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a secret's value."""

    value: Secret[str]
    number: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A vault token, and for how many seconds it may be used."""

    token: Secret[str]
    seconds: float


def log_in() -> Request:
    """Log in as whoever the client certificate says we are."""
    return "POST", "/v1/auth/cert/login", b"{}"


def logged_in(status: int, body: bytes) -> Lease:
    """The token. Raises ``Unavailable``."""
    auth = _answer(status, body, "the login by certificate").get("auth")
    if not isinstance(auth, dict) or not isinstance(auth.get("client_token"), str):
        raise Unavailable("the vault's answer to our login holds no token")
    return Lease(Secret(auth["client_token"]), float(auth.get("lease_duration") or 0))


def read(path: str) -> Request:
    """Read the current version of ``path``, such as ``orders/receipts``."""
    return "GET", f"/v1/secret/data/{quote(path)}", b""


def was_read(status: int, body: bytes, path: str) -> Version | None:
    """The current version; ``None`` when there is none, or it was deleted. Raises ``Unavailable``."""
    if status == 404:
        return None
    data = _answer(status, body, f"the secret {path}").get("data")
    fields, metadata = (data.get("data"), data.get("metadata")) if isinstance(data, dict) else (None, None)
    if not isinstance(fields, dict) or not isinstance(metadata, dict) or type(metadata.get("version")) is not int:
        raise Unavailable(f"the vault's answer for the secret {path} is not of KV version 2")
    value = fields.get("value", next(iter(fields.values()), None) if len(fields) == 1 else None)
    if not isinstance(value, str):
        raise Unavailable(f"the secret {path} has no field 'value'", hint=f"ringwall secret set {path}")
    return Version(Secret(value), metadata["version"])


def create(path: str, value: str) -> Request:
    """Write the first version of ``path``; check-and-set 0 makes it fail when there is one already."""
    return "POST", f"/v1/secret/data/{quote(path)}", _json({"options": {"cas": 0}, "data": {"value": value}})


def describe(path: str, rotate: float) -> Request:
    """Say that the vault shall renew ``path`` every ``rotate`` seconds."""
    custom = {"rotate": f"{round(rotate)}s"}
    return "POST", f"/v1/secret/metadata/{quote(path)}", _json({"custom_metadata": custom})


def _answer(status: int, body: bytes, what: str) -> dict[str, Any]:
    if status == 403:
        raise Unavailable(f"the vault refuses us {what}", hint="its policy must allow this service to read it")
    if status != 200:
        raise Unavailable(f"the vault answered {status} for {what}")
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(f"the vault's answer for {what} is not a JSON object")
    return answer


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
