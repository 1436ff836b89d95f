"""A guard over fakes of its layers, for the faces on web frameworks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.errors import Unauthenticated
from ringwall.keeper import Keeper
from ringwall.login.web import WebRequest, WebResponse
from ringwall.on.guard import Guard
from ringwall.parts import Admitted, Credentials, Parts, Wait
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.grant import role_policies
from ringwall.secret import Secret
from ringwall.settings import Limits, Service, Settings

PEOPLE = {
    "ann": Caller("ann", roles=frozenset({"customer"}), attributes={"region": "eu"}, proof="bearer"),
    "sue": Caller("sue", roles=frozenset({"customer"}), attributes={"region": "us"}, proof="bearer"),
    "max": Caller("max", roles=frozenset({"manager"}), attributes={"region": "eu"}, proof="bearer"),
}


class Admission:
    """A token is a person's name; a session's cookie is ``session=NAME``; ``slow-NAME`` needs a wait."""

    def admit(self, credentials: Credentials) -> Admitted | Wait | None:
        if (token := credentials.bearer) is not None:
            if token.startswith("slow-"):
                return Wait(lambda: self._later(token.removeprefix("slow-")))
            return self._known(token)
        if (name := credentials.cookies.get("session")) in PEOPLE:
            return Admitted(replace(PEOPLE[name], proof="session"), f"token of {name}")
        if credentials.certificate is not None:
            return Admitted(Caller("spiffe://ringwall.internal/billing", kind="service", proof="certificate"))
        return None

    async def _later(self, name: str) -> Admitted:
        return self._known(name)

    def _known(self, token: str) -> Admitted:
        if token not in PEOPLE:
            raise Unauthenticated("the token is unknown", code="invalid_token")
        return Admitted(PEOPLE[token], token)


@dataclass
class Recorder:
    """Keeps what it is told. A denial is durable only once ``settle`` has run, when ``delayed``."""

    decisions: list[tuple[Any, Any, str]] = field(default_factory=list)
    delayed: list[Future[None]] | None = None
    broken: Exception | None = None

    def decision(self, decision: Any, caller: Any, request: Any) -> Future[None] | None:
        if self.broken is not None:
            raise self.broken
        self.decisions.append((decision, caller, request.path))
        if decision.allowed:
            return None
        future: Future[None] = Future()
        if self.delayed is None:
            future.set_result(None)
        else:
            self.delayed.append(future)
        return future

    @property
    def denied(self) -> list[Any]:
        return [decision for decision, _, _ in self.decisions if not decision.allowed]


class Endpoints:
    paths = frozenset({"/login", "/callback", "/logout"})

    async def handle(self, request: WebRequest) -> WebResponse:
        return WebResponse(200, (("content-type", "text/plain"),), f"{request.path} {request.body.decode()}".encode())


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def make_guard(tmp_path: Path, recorder: Recorder) -> Any:
    keepers: list[Keeper] = []

    def make(*, mode: Any = "development", body: int = 1 << 20, login: bool = True) -> Guard:
        settings = Settings(tmp_path / "ringwall.toml", mode, Service("orders"), limits=Limits(body=body, depth=8))
        keeper = Keeper()
        keepers.append(keeper)
        roles = role_policies({"customer": ("order:create",), "manager": ("order:*",)})
        secret: Callable[[str], Secret[str]] = Secret
        return Guard(
            Parts(settings, Admission(), Authorizer(roles), recorder, keeper, Endpoints() if login else None,
                  secret, lambda name: name, lambda name: name)
        )  # fmt: skip

    yield make
    for keeper in keepers:
        keeper.stop()


@pytest.fixture
def guard(make_guard: Any) -> Guard:
    return make_guard()


@pytest.fixture
def ran() -> list[str]:
    """What of the application really ran."""
    return []


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}
