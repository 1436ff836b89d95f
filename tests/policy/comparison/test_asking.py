"""How the solver is asked: in the time that is left, for models that break no law, or with a reason."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import z3

from ringwall.policy.comparison.difference import difference
from ringwall.policy.comparison.search import Search
from ringwall.policy.comparison.side import sides
from ringwall.policy.comparison.symbolic import asking
from ringwall.policy.comparison.symbolic.applying import Formula
from ringwall.policy.comparison.symbolic.asking import Asking
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.comparison.universe import universe_of
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema

SCHEMA = parse_schema("entity User { level: Long }; action read appliesTo { principal: User, resource: User };")
DEADLINE = 100.0


class Solver:
    """One for which everything is too hard. ``had`` is the time that it was given."""

    had: list[object]

    def add(self, *said: object) -> None:
        pass

    def set(self, *args: object, **_: object) -> None:
        if args[0] == "timeout":
            self.had.append(args[1])

    def check(self, *assumptions: object) -> z3.CheckSatResult:
        return z3.unknown

    def reason_unknown(self) -> str:
        return "it is too hard"


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> type[Solver]:
    monkeypatch.setattr(Solver, "had", [], raising=False)
    monkeypatch.setattr(z3, "Solver", Solver)
    return Solver


def clock(monkeypatch: pytest.MonkeyPatch, *times: float) -> None:
    """What the clock says, one after the other."""
    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=iter(times).__next__))


def asked() -> object:
    return Asking(World(universe_of(SCHEMA)), DEADLINE).ask()


@pytest.mark.parametrize(("left", "milliseconds"), [(2.5, 2500), (0.75, 750), (0.001953125, 1), (0.0001, 1)])
def test_the_solver_has_the_time_that_is_left(
    left: float, milliseconds: int, solver: type[Solver], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(monkeypatch, DEADLINE - left, DEADLINE - left)
    assert asked() == "the solver gave up: it is too hard"
    assert solver.had == [milliseconds]


def test_what_it_leaves_open_at_the_deadline_is_for_want_of_time(
    solver: type[Solver], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(monkeypatch, DEADLINE - 1, DEADLINE)
    assert asked() == "the time was up"
    assert solver.had == [1000]


@pytest.mark.parametrize("now", [DEADLINE, DEADLINE + 1])
def test_when_the_time_is_up_it_is_not_asked(now: float, solver: type[Solver], monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, now)
    assert asked() == "the time was up"
    assert solver.had == []


def test_after_200_models_that_break_a_law_it_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def broken(*_: object) -> SimpleNamespace:
        made.append(1)
        return SimpleNamespace(broken=[z3.BoolVal(True)])

    monkeypatch.setattr(asking, "Witness", broken)
    clock(monkeypatch, *[0.0] * 1000)
    assert asked() == "no hierarchy of entities was found in time"
    assert len(made) == 200


def test_what_was_said_in_one_scope_is_forgotten_in_the_next_and_what_holds_of_the_world_is_not() -> None:
    world = World(universe_of(SCHEMA))
    found = Asking(world, time.monotonic() + 1000)
    (policy,) = parse_policies("permit (principal, action, resource);")
    with found.scope():
        found.applies(Formula(policy, z3.BoolVal(False), ()))
        assert found.ask() is None
    with found.scope():
        assert found.ask() is not None
        world.facts.append(z3.BoolVal(False))
        assert found.ask() is None
    with found.scope():
        assert found.ask() is None


def test_a_search_ends_with_the_time() -> None:
    both = sides((), parse_policies("permit (principal, action, resource);" * 3))
    findings = Search(World(universe_of(SCHEMA)), 0.0, 5).newly_allowed(*both)
    assert findings.undecided == ["the time was up"]


def test_many_policies_that_stay_in_the_way_are_said_at_once() -> None:
    """More than there are rounds: each answer shows but one of them."""
    stay = "".join(
        f"permit (principal, action, resource) when {{ principal.level == {level} }};" for level in range(110)
    )
    more = "permit (principal, action, resource) when { principal.level >= 0 && principal.level < 110 };"
    assert difference(parse_policies(stay), parse_policies(stay + more), SCHEMA).same
