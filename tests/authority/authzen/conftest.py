"""A decision point without a socket, and policy sets for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ringwall.authority.app import App
from ringwall.authority.authzen.door import PREFIX, decision_point
from ringwall.authority.clients.secret_basic import digest
from ringwall.authority.operators import operator_app
from ringwall.authority.policies import push
from ringwall.authority.routes import OAUTH, SERVICES
from ringwall.store.clients import Client

SETS = Path(__file__).with_name("sets")


class DecisionPoint:
    """The authority of ``world``, asked by the client ``pep``, for which the set ``default`` answers."""

    def __init__(self, world: Any) -> None:
        self.world = world
        mounts = {PREFIX: decision_point(world.authority)}
        self.public = App(world.authority, OAUTH, mounts)
        self.internal = App(world.authority, {**OAUTH, **SERVICES}, mounts)
        self.operator = operator_app(world.authority, push.ROUTES, mounts)
        pep = Client(
            "pep",
            "client_secret_basic",
            secret_hash=digest("s3cret"),
            grants=("client_credentials",),
            scopes=(),
            audiences=("authority",),
        )
        world.run(world.authority.clients.put(pep, actor="test"))
        self.token = world.token(grant_type="client_credentials", basic="pep:s3cret").json()["access_token"]

    def push(self, name: str, files: Mapping[str, str], uid: int = 0) -> Any:
        body = json.dumps({"name": name, "files": dict(files)}).encode()
        return self.world.call(self.operator, "POST", "/policies", body=body, uid=uid)

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None, **how: Any) -> Any:
        """POST ``body``, bytes or what becomes JSON, as ``pep`` unless ``how`` says who asks."""
        sent = {"content-type": "application/json", **(headers or {})}
        if not {"service", "uid"} & how.keys():
            sent.setdefault("authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        app = self.internal if "service" in how else self.operator if "uid" in how else self.public
        return self.world.call(app, "POST", path, body=data, headers=sent, **how)

    def evaluate(self, subject: Any, action: Any, resource: Any, context: Any = None, **how: Any) -> Any:
        """The answer to one question; ``"user alice"`` is short for an entity, a word for an action."""
        question = {"subject": _entity(subject), "action": _action(action), "resource": _entity(resource)}
        if context is not None:
            question["context"] = context
        answer = self.post("/access/v1/evaluation", question, **how)
        assert answer.status == 200, answer.body
        return answer.json()


def _entity(short: Any) -> Any:
    return dict(zip(("type", "id"), short.split(" ", 1), strict=True)) if isinstance(short, str) else short


def _action(short: Any) -> Any:
    return {"name": short} if isinstance(short, str) else short


@pytest.fixture
def pdp(world: Any) -> DecisionPoint:
    return DecisionPoint(world)


@pytest.fixture
def files() -> Callable[[str], dict[str, str]]:
    """``files("todo")``: the files of a policy set."""
    return lambda name: {file.name: file.read_text() for file in (SETS / name).iterdir()}
