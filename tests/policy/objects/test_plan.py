"""Which policies are asked about a caller and a resource: those whose scope may include both, and no others."""

from __future__ import annotations

import pytest

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.plan import Plan

SCOPES = {
    "anyone": "principal, action, resource",
    "of a folder": 'principal, action, resource in Folder::"f"',
    "one": 'principal, action, resource == Order::"1"',
    "two": 'principal, action, resource == Order::"2"',
    "clerks": 'principal in Role::"clerk", action, resource',
    "clerks of one": 'principal in Role::"clerk", action, resource == Order::"1"',
    "chiefs": 'principal in Role::"chief", action, resource',
    "ann": 'principal == Person::"ann", action, resource',
    "shop": 'principal == Service::"shop", action, resource',
    "persons": "principal is Person, action, resource",
    "below ann": 'principal in Person::"ann", action, resource',
}
ANN = Caller("ann")
CLERK = Caller("eve", roles=frozenset({"clerk", "idle"}))
SHOP = Caller("shop", kind="service")


class Order:
    def __init__(self, id_: str | None) -> None:
        self.id = id_


def _plan(*names: str) -> Plan:
    plan = Plan()
    for name in names or SCOPES:
        (policy,) = parse_policies(f'@id("{name}") permit ({SCOPES[name]});')
        plan.add(Entry(policy))
    return plan


def _names(entries: list[Entry]) -> list[str]:
    return [entry.policy.annotations["id"] for entry in entries]


EVERYBODY = ["anyone", "of a folder"]


@pytest.mark.parametrize(
    ("caller", "id_", "found"),
    [
        (ANN, "1", [*EVERYBODY, "ann", "persons", "below ann", "one"]),
        (ANN, "3", [*EVERYBODY, "ann", "persons", "below ann"]),
        (ANN, None, [*EVERYBODY, "ann", "persons", "below ann", "one", "two"]),
        (CLERK, "2", [*EVERYBODY, "clerks", "clerks of one", "persons", "two"]),
        (SHOP, "3", [*EVERYBODY, "shop"]),
    ],
)
def test_a_question_finds_them(caller: Caller, id_: str | None, found: list[str]) -> None:
    plan = _plan()
    assert _names(plan.find(caller, Order(id_))) == found
    assert _names(plan.find(caller, Order(id_))) == found, "asking leaves the plan as it was"


def test_whatever_the_resource_all_of_a_caller_are_found() -> None:
    assert _names(_plan().entries(ANN)) == [*EVERYBODY, "ann", "persons", "below ann", "one", "two"]
    assert _names(_plan("anyone", "ann").entries(SHOP)) == ["anyone"]


def test_whoever_asks_all_of_the_plan_are_found() -> None:
    assert sorted(_names(_plan().all())) == sorted(SCOPES)


def test_without_policies_of_one_resource_its_key_is_not_read() -> None:
    class Watched:
        read = 0

        @property
        def id(self) -> int:
            self.read += 1
            return 1

    watched = Watched()
    assert _names(_plan("anyone").find(ANN, watched)) == ["anyone"]
    assert watched.read == 0


def test_an_entity_may_be_a_name_alone() -> None:
    assert _names(_plan("one").find(ANN, EntityUid("Order", "1"))) == ["one"]
