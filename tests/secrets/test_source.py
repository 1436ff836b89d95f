"""The secrets of a service as its keeper fetches them, from a vault that may be anything."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from ringwall.errors import Unavailable
from ringwall.on.composition.secrets import SecretsSource
from ringwall.secrets import kv
from ringwall.settings import SecretSettings, Service, Settings


def reply(status: int, value: object) -> httpx2.Response:
    """An answer that is still to be read, as one from the network is."""
    return httpx2.Response(status, stream=httpx2.ByteStream(json.dumps(value).encode()))


class Vault:
    """Holds one secret, and answers as told."""

    def __init__(self) -> None:
        self.value: str | None = None
        self.padding = 0
        self.asked: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if request.url.path.endswith("/login"):
            return reply(200, {"auth": {"client_token": "s.token-of-the-service", "lease_duration": 60}})
        assert request.headers["x-vault-token"] == "s.token-of-the-service"
        if request.method == "POST":
            if "/data/" in request.url.path:
                self.value = json.loads(request.content)["data"]["value"]
            return reply(200, {})
        if self.value is None:
            return reply(404, {"errors": []})
        data = {"data": {"value": self.value}, "metadata": {"version": 1}, "padding": "x" * self.padding}
        return reply(200, {"data": data})


def first(vault: Vault, wanted: SecretSettings) -> dict[str, kv.Version]:
    async def fetch() -> dict[str, kv.Version]:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(vault), base_url="https://authority")
        settings = Settings(Path("ringwall.toml"), "development", Service("orders"), secrets={"receipts": wanted})
        updates = SecretsSource(settings, lambda: client).updates()
        try:
            return dict(await anext(updates))
        finally:
            await updates.aclose()  # type: ignore[attr-defined]
            await client.aclose()

    return asyncio.run(fetch())


def test_a_rotating_secret_that_nobody_set_is_made() -> None:
    vault = Vault()
    found = first(vault, SecretSettings(rotate=60.0))
    assert vault.value is not None
    assert len(vault.value) == 43
    assert found["receipts"].value.reveal() == vault.value
    assert "POST /v1/secret/metadata/orders/receipts" in vault.asked


def test_a_secret_that_a_person_sets_is_not_invented() -> None:
    vault = Vault()
    assert first(vault, SecretSettings()) == {}
    assert vault.value is None


def test_an_endless_answer_is_refused() -> None:
    vault = Vault()
    vault.value, vault.padding = "k3y-of-receipts", kv.MAX_ANSWER
    with pytest.raises(Unavailable, match="more than"):
        first(vault, SecretSettings())
