"""A guard that takes a person's name for a bearer token, and believes every certificate that a face hands to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.keeper import Keeper
from ringwall.on.guard import Guard
from ringwall.parts import Admitted, Credentials, Parts
from ringwall.policy.authorizer import Authorizer
from ringwall.secret import Secret
from ringwall.settings import Limits, Service, Settings

BILLING = "spiffe://ringwall.internal/billing"


class Admission:
    def admit(self, credentials: Credentials) -> Admitted | None:
        if credentials.bearer is not None:
            return Admitted(Caller(credentials.bearer, proof="bearer"), credentials.bearer)
        if name := credentials.cookies.get("session"):
            return Admitted(Caller(name, proof="session"), name)
        if credentials.certificate is not None:
            return Admitted(Caller(BILLING, kind="service", proof="certificate"))
        return None


@dataclass
class Recorder:
    decisions: list[Any] = field(default_factory=list)

    def decision(self, decision: Any, caller: Any, request: Any) -> Future[None] | None:
        self.decisions.append((decision, caller, request))
        done: Future[None] = Future()
        done.set_result(None)
        return done


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    settings = Settings(
        tmp_path / "ringwall.toml", "production", Service("orders"), limits=Limits(body=1 << 16, depth=8)
    )
    keeper = Keeper()
    secret: Callable[[str], Secret[str]] = Secret
    yield Guard(
        Parts(
            settings, Admission(), Authorizer(), Recorder(), keeper, None, secret, lambda name: name, lambda name: name
        )
    )
    keeper.stop()
