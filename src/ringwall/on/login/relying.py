"""One provider as a service relies on it: where it is, who we are there, and how its tokens name a caller."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from ringwall.caller import Caller
from ringwall.login.client import Client
from ringwall.secret import Secret
from ringwall.tokens.id_token import VerifiedIdToken


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAuthority:
    """Our own authority. Its access token says who the caller is, on every request.

    ``issuer`` may raise ``Unavailable`` while no authority is known. ``caller`` verifies an access token. ``tls`` gives
    the context that holds our certificate; it is asked anew for each connection, since certificates are renewed.
    """

    issuer: Callable[[], str]
    client: Client
    caller: Callable[[str], Caller]
    tls: Callable[[], ssl.SSLContext] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherProvider:
    """A provider from ``[login.NAME]``. Its ID token says once, at the login, who the caller is.

    ``caller`` names the caller of a verified ID token, ``<name>|<sub>``. ``secret`` gives the client's present secret.
    """

    name: str
    issuer: Callable[[], str]
    client: Client
    caller: Callable[[VerifiedIdToken], Caller]
    secret: Callable[[], Secret[str]] | None = None


Relying = OwnAuthority | OtherProvider
