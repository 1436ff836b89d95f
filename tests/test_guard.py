"""The guard without a framework, and the service's log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from ringwall import current
from ringwall.caller import Caller
from ringwall.errors import Denied, Unavailable
from ringwall.guard import Guard, Parts
from ringwall.keeper import Keeper
from ringwall.log import Log
from ringwall.marks import Mark
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.grant import role_policies
from ringwall.refusal import Refusal
from ringwall.secret import Secret
from ringwall.settings import Service, Settings

ANN = Caller("ann", roles=frozenset({"customer"}))


class Recorder:
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def decision(self, decision: Any, caller: Any, request: Any) -> None:
        self.seen.append(decision)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def guard(recorder: Recorder) -> Guard:
    settings = Settings(Path("ringwall.toml"), "production", Service("orders"))
    rules = Authorizer(role_policies({"customer": ("order:create",)}))
    return Guard(Parts(settings, None, rules, recorder, Keeper(), None, Secret, str, str))  # type: ignore[arg-type]


def visit_of(guard: Guard, caller: Caller | None) -> current.Visit:
    visit = current.Visit(guard, "GET", "/x")
    visit.caller = caller
    return visit


def test_a_kept_yes_does_not_outlive_its_rules(guard: Guard) -> None:
    mark = Mark(action="order:create")
    guard.grant(visit_of(guard, ANN), mark)
    guard.grant(visit_of(guard, ANN), mark)
    guard._authorizer = Authorizer(actions=["order:create"])
    with pytest.raises(Refusal):
        guard.grant(visit_of(guard, ANN), mark)


def test_a_kept_yes_is_one_callers_own(guard: Guard) -> None:
    mark = Mark(action="order:create")
    guard.grant(visit_of(guard, ANN), mark)
    with pytest.raises(Refusal):
        guard.grant(visit_of(guard, Caller("ann")), mark)


def test_every_allow_is_recorded_also_a_kept_one(guard: Guard, recorder: Recorder) -> None:
    for _ in range(3):
        guard.grant(visit_of(guard, ANN), Mark())
    assert len(recorder.seen) == 3


def test_an_unmarked_door_refuses_everyone(guard: Guard) -> None:
    visit = visit_of(guard, ANN)
    with pytest.raises(Refusal) as refused:
        guard.knock(visit, None)
    assert isinstance(refused.value.cause, Denied)
    assert visit.refusal is refused.value
    assert not visit.decided


def test_a_refusal_is_no_exception_that_a_handler_could_catch() -> None:
    assert not issubclass(Refusal, Exception)


def test_a_rule_that_cannot_be_asked_is_a_no(guard: Guard) -> None:
    class Away:
        actions: frozenset[str] = frozenset()

        def decide(self, *args: Any, **kwargs: Any) -> Any:
            raise Unavailable("the policies are stale")

        def including(self, *args: Any) -> Any:
            return self

    guard._authorizer = Away()  # type: ignore[assignment]
    visit = visit_of(guard, ANN)
    with pytest.raises(Refusal) as refused:
        guard.grant(visit, Mark(action="order:create"))
    assert isinstance(refused.value.cause, Unavailable)
    assert not visit.decided


def test_the_log_masks_secrets_and_cannot_be_forged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Log("orders").info("created", order=17, card=Secret("4444"), note='a\nINFO forged="1"', empty="")
    assert caplog.messages == ['created order=17 card=••• note="a\\nINFO forged=\\"1\\"" empty=""']
    assert caplog.records[0].funcName == "test_the_log_masks_secrets_and_cannot_be_forged"
