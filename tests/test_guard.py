"""The guard without a framework, and the service's log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from ringwall import current
from ringwall.caller import Caller
from ringwall.errors import Denied, Unavailable
from ringwall.guard import Guard
from ringwall.keeper import Keeper
from ringwall.log import Log
from ringwall.marks import Mark
from ringwall.parts import Parts
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.bundle import Bundle
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet
from ringwall.policy.rules.grant import role_policies
from ringwall.refusal import Refusal
from ringwall.secret import Secret
from ringwall.settings import Service, Settings
from ringwall.testing.clock import TurnableClock

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
    guard.judge.own = Authorizer(actions=["order:create"])
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

    guard.judge.own = Away()  # type: ignore[assignment]
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


class TestABundleOfCedarFiles:
    def _guard(self, recorder: Recorder, bundles: list[Any]) -> Guard:
        def bundle() -> Any:
            if isinstance(bundles[0], Exception):
                raise bundles[0]
            return bundles[0]

        settings = Settings(Path("ringwall.toml"), "production", Service("orders"))
        rules = Authorizer(role_policies({"customer": ("order:create",)}))
        return Guard(Parts(settings, None, rules, recorder, Keeper(), None, Secret, str, str, bundle))  # type: ignore[arg-type]

    def test_a_change_counts_from_the_next_request_on(self, recorder: Recorder) -> None:
        bundles: list[Any] = [Bundle()]
        guard, mark = self._guard(recorder, bundles), Mark(action="order:create")
        guard.grant(visit_of(guard, ANN), mark)
        shut = Policy("shut", "forbid")
        bundles[0] = Bundle(PolicySet((shut,)))
        with pytest.raises(Refusal):
            guard.grant(visit_of(guard, ANN), mark)
        assert guard.policies[-1] is shut
        bundles[0] = Bundle()
        guard.grant(visit_of(guard, ANN), mark)

    def test_one_that_is_too_old_is_a_no(self, recorder: Recorder) -> None:
        guard = self._guard(recorder, [Unavailable("policies is 700 s old")])
        visit = visit_of(guard, ANN)
        with pytest.raises(Refusal) as refused:
            guard.grant(visit, Mark(action="order:create"))
        assert isinstance(refused.value.cause, Unavailable)
        assert not visit.decided

    def test_one_that_is_too_old_while_a_loader_found_nothing_is_a_no(self, recorder: Recorder) -> None:
        guard = self._guard(recorder, [Unavailable("policies is 700 s old")])
        with pytest.raises(Refusal) as refused:
            guard.not_found(visit_of(guard, ANN), Mark(action="order:create", on="order"), LookupError())
        assert isinstance(refused.value.cause, Unavailable)


def test_a_yes_that_depends_on_the_time_is_not_kept(recorder: Recorder, clock: TurnableClock) -> None:
    (until,) = parse_policies(
        'permit (principal, action == Action::"order:create", resource)'
        f' when {{ context.time < datetime("1970-01-01").offset(duration("{int(clock.now()) + 60}s")) }};'
    )
    settings = Settings(Path("ringwall.toml"), "production", Service("orders"))
    parts = Parts(settings, None, Authorizer([until]), recorder, Keeper(clock=clock), None, Secret, str, str)  # type: ignore[arg-type]
    guard, mark = Guard(parts), Mark(action="order:create")
    guard.grant(visit_of(guard, ANN), mark)
    clock.turn(61)
    with pytest.raises(Refusal):
        guard.grant(visit_of(guard, ANN), mark)


def test_a_policy_may_ask_where_a_request_came_from(recorder: Recorder) -> None:
    (inside,) = parse_policies(
        'permit (principal, action == Action::"order:create", resource)'
        ' when { context has ip && context.ip.isInRange(ip("10.0.0.0/8")) };'
    )
    settings = Settings(Path("ringwall.toml"), "production", Service("orders"))
    parts = Parts(settings, None, Authorizer([inside]), recorder, Keeper(), None, Secret, str, str)  # type: ignore[arg-type]
    guard, mark = Guard(parts), Mark(action="order:create")
    for client, allowed in (("10.1.2.3", True), ("192.0.2.1", False), ("", False), ("unix:", False)):
        visit = current.Visit(guard, "GET", "/x", client)
        visit.caller = ANN
        if allowed:
            guard.grant(visit, mark)
            continue
        with pytest.raises(Refusal):
            guard.grant(visit, mark)


class TestTheAddressOfTheRequest:
    INSIDE = 'forbid (principal, action, resource) when { context has ip && !context.ip.isInRange(ip("10.0.0.0/8")) };'

    @pytest.fixture
    def guard(self, guard: Guard) -> Guard:
        guard.judge.own = guard.judge.own.including(parse_policies(self.INSIDE))
        return guard

    def test_is_known_to_what_a_handler_asks_itself(self, guard: Guard) -> None:
        visit = visit_of(guard, ANN)
        visit.client, visit.live = "192.0.2.1", True
        token = current.VISIT.set(visit)
        try:
            assert not guard.decide(ANN, "order:create")
            visit.client = "10.1.2.3"
            assert guard.decide(ANN, "order:create")
        finally:
            current.VISIT.reset(token)

    def test_is_not_taken_from_a_request_that_is_over(self, guard: Guard) -> None:
        visit = visit_of(guard, ANN)
        visit.client = "192.0.2.1"
        token = current.VISIT.set(visit)
        try:
            assert guard.decide(ANN, "order:create")
        finally:
            current.VISIT.reset(token)


class Parcel:
    id = 7

    def __init__(self, owner: str) -> None:
        self.owner = owner


def test_what_was_decided_about_goes_along_to_the_record(guard: Guard) -> None:
    condition = 'permit (principal, action == Action::"parcel:read", resource) when { resource.owner == principal.id };'
    guard.judge.own = Authorizer(parse_policies(condition))
    mark = Mark(action="parcel:read", on="parcel", role="customer")
    visit = visit_of(guard, ANN)
    with pytest.raises(Refusal):
        guard.grant(visit, mark, Parcel("sue"))
    assert visit.witness is not None
    told = visit.witness.facts()
    assert (told["entities"][0]["attrs"], told["role"]) == ({"owner": "sue"}, "customer")
    guard.grant(visit, mark, Parcel("ann"))
    assert visit.witness.facts()["entities"][0]["attrs"] == {"owner": "ann"}


def test_an_object_that_was_not_found_is_recorded_as_that(guard: Guard) -> None:
    visit = visit_of(guard, ANN)
    with pytest.raises(Refusal):
        guard.not_found(visit, Mark(action="parcel:read", on="parcel"), LookupError())
    assert visit.witness is not None
    assert visit.witness.facts()["missing"] is True
