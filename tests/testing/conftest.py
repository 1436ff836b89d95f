"""A small service on FastAPI, as a user would write it, in a directory of its own."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import httpx2
import pytest

CONFIGURATION = """
[service]
name = "orders"
listen = ["internal"]

[roles]
customer = ["order:create"]

[claims]
region = "region"
"""

PROGRAM = """
from fastapi import FastAPI
from ringwall.on.fastapi import Caller, allow, protect

app = FastAPI()
guard = protect(app)

@app.get("/me")
@allow
def me(caller: Caller) -> dict[str, object]:
    actor = None if caller.actor is None else caller.actor.id
    return {"id": caller.id, "roles": sorted(caller.roles), "region": caller.attributes.get("region"), "actor": actor}

@app.post("/orders")
@allow("order:create")
def create() -> str:
    return "made"
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def orders(tmp_path: Path) -> Any:
    """The service's application."""
    (tmp_path / "ringwall.toml").write_text(CONFIGURATION)
    (tmp_path / "orders.py").write_text(PROGRAM)
    return runpy.run_path(str(tmp_path / "orders.py"))["app"]


@pytest.fixture
async def http(orders: Any) -> Any:
    transport = httpx2.ASGITransport(orders, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://orders.localhost") as client:
        yield client
