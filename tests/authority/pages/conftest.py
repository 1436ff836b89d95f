"""An authority with its pages, in this process, and a browser that keeps cookies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest

from ringwall.authority.authority import Authority
from ringwall.authority.pages import pages
from ringwall.authority.people import development
from ringwall.authority.people.directory import Directory
from ringwall.authority.settings import Settings
from ringwall.store.clients import Client

ISSUER = "http://localhost:8400"
CALLBACK = "http://shop.localhost:8401/callback"
GONE = "http://shop.localhost:8401/"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
SHOP = "spiffe://ringwall.internal/shop"


class Browser:
    """What a person does, without the drawing: follow, fill in, send."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def ask(self, **changes: str | None) -> httpx2.Response:
        """Send an authorization request, with ``changes`` (``None`` leaves a parameter out)."""
        asked: dict[str, str | None] = {
            "client_id": SHOP,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "st4te",
            "nonce": "n0nce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        sent = {name: value for name, value in asked.items() if value is not None}
        return await self.client.get(f"/authorize?{urlencode(sent)}")

    async def send(self, page: httpx2.Response, origin: str | None = ISSUER, **fields: str) -> httpx2.Response:
        """Send the form of ``page`` with its hidden fields and ``fields``."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None, page.text
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        data = {**{name: unescape(value) for name, value in hidden}, **fields}
        headers = {} if origin is None else {"origin": origin}
        return await self.client.post(unescape(action[1]), data=data, headers=headers)

    async def log_in(self, name: str = "ann", **changes: str | None) -> httpx2.Response:
        return await self.send(await self.ask(**changes), name=name, password=f"{name}-dev")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def authority(tmp_path: Path) -> AsyncIterator[Authority]:
    settings = Settings(issuer=ISSUER, internal="https://localhost:8402")
    made = Authority.open(tmp_path / "state", settings, synchronous="OFF")
    made.people = directory = Directory(made)
    await made.start()
    await development.populate(directory, development=True)
    shop = Client(
        SHOP,
        "tls_client_auth",
        "service",
        redirect_uris=(CALLBACK,),
        post_logout_redirect_uris=(GONE,),
        audiences=("shop",),
    )
    await made.clients.put(shop, actor="test")
    await made.clients.put(Client("demo", "none", redirect_uris=(CALLBACK,), name="Demo"), actor="test")
    yield made
    directory.close()
    made.close()


@pytest.fixture
async def open_browser(authority: Authority) -> AsyncIterator[Callable[[], Browser]]:
    opened: list[httpx2.AsyncClient] = []

    def start() -> Browser:
        assert isinstance(authority.people, Directory)
        transport = httpx2.ASGITransport(pages(authority, authority.people), raise_app_exceptions=False)
        opened.append(httpx2.AsyncClient(transport=transport, base_url=ISSUER))
        return Browser(opened[-1])

    yield start
    for client in opened:
        await client.aclose()


@pytest.fixture
async def browser(open_browser: Callable[[], Browser]) -> Browser:
    return open_browser()
