"""Who we are at a provider, and how our requests to it prove that."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote_plus, urlencode

from ringwall.secret import Secret

Authentication = Literal["certificate", "basic", "none"]


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client: known by certificate (RFC 8705), by a secret (RFC 6749 section 2.3.1), or by PKCE alone."""

    id: str
    scopes: tuple[str, ...] = ("openid",)
    authentication: Authentication = "none"


def signed_form(client: Client, form: bytes, secret: Secret[str] | None) -> tuple[bytes, dict[str, str]]:
    """The body and the headers that make ``form`` a request of ``client``.

    With a secret the client is named in the ``Authorization`` header and nowhere else; otherwise in the form.
    """
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if client.authentication != "basic":
        return form + b"&" + urlencode({"client_id": client.id}).encode(), headers
    if secret is None:
        raise ValueError(f"the client {client.id!r} authenticates by a secret and has none")
    pair = f"{quote_plus(client.id)}:{quote_plus(secret.reveal())}"
    return form, headers | {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
