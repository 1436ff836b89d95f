"""The vault of one test, called without a socket: as an operator, as a service, or with a token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringwall.authority.operators import operator_app
from ringwall.authority.vault import operator_vault, vault


class Vault:
    """Calls the vault of a ``world``. A call says who makes it; without that, an operator does."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.clock = world.clock
        self.internal = vault(world.authority)
        self.operator = operator_app(world.authority, mounts={"/v1/": operator_vault(world.authority)})

    def call(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        token: str | None = None,
        service: str | None = None,
        query: str = "",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        uid: int = 0,
    ) -> Any:
        sent = {"content-type": "application/json", **(headers or {})}
        if token is not None:
            sent["x-vault-token"] = token
        inside = token is not None or service is not None
        return self.world.call(
            self.internal if inside else self.operator,
            method,
            "/v1/" + path,
            body=body if body is not None else b"" if data is None else json.dumps(data).encode(),
            headers=sent,
            query=query,
            service=service,
            uid=None if inside else uid,
        )

    def ok(self, method: str, path: str, data: Any = None, **how: Any) -> Any:
        """The answer's JSON, or ``None`` when it has none; anything but success fails the test."""
        answer = self.call(method, path, data, **how)
        assert answer.status in (200, 204), (answer.status, answer.body)
        return answer.json() if answer.body else None

    def put(self, path: str, data: Any, **how: Any) -> int:
        """Write a version; its number."""
        return self.ok("POST", f"secret/data/{path}", {"data": data}, **how)["data"]["version"]

    def get(self, path: str, **how: Any) -> Any:
        return self.ok("GET", f"secret/data/{path}", **how)["data"]["data"]

    def log_in(self, service: str) -> str:
        """The token that a service gets by its certificate."""
        return self.ok("POST", "auth/cert/login", {}, service=service)["auth"]["client_token"]

    def token(self, *policies: str, **asked: Any) -> str:
        """A token that an operator makes."""
        return self.ok("POST", "auth/token/create", {"policies": policies, **asked})["auth"]["client_token"]

    def policy(self, name: str, text: str) -> None:
        self.ok("POST", f"sys/policies/acl/{name}", {"policy": text})


@pytest.fixture
def bank(world: Any) -> Vault:
    """A vault."""
    return Vault(world)
