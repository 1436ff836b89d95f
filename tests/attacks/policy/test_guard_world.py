"""Objects that try to stand outside of a forbid that is about them."""

from __future__ import annotations

from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies

ANN = Caller("ann", roles=frozenset({"staff"}))
BILLING = Caller("spiffe://ringwall.internal/billing", kind="service")


class Person:
    def __init__(self, id_: object) -> None:
        self.id = id_


def _may(forbid: str, resource: Any, caller: Caller = ANN) -> bool:
    policies = parse_policies(f"permit (principal, action, resource); {forbid}")
    authorizer = Authorizer(policies, ["person:read"])
    allowed = authorizer.decide(caller, "person:read", resource).allowed
    assert authorizer.filter(caller, "person:read", type(resource))(resource) is allowed
    return allowed


@pytest.mark.parametrize(
    "forbid",
    [
        "forbid (principal, action, resource is Person);",
        'forbid (principal, action, resource == Person::"ann");',
        'forbid (principal, action, resource in Person::"ann");',
        'forbid (principal, action, resource in Role::"staff");',
        'forbid (principal, action, resource is Person in Role::"staff");',
        "forbid (principal, action, resource) when { resource is Person };",
    ],
)
def test_a_caller_as_the_resource_is_the_person_or_service_that_it_is(forbid: str) -> None:
    assert not _may(forbid, ANN)
    assert _may(forbid, BILLING)
    assert (
        not _may(forbid.replace("Person", "Service").replace('"ann"', f'"{BILLING.id}"'), BILLING) or "Role" in forbid
    )


def test_a_class_that_is_called_person_is_one() -> None:
    assert not _may("forbid (principal, action, resource is Person);", Person("eve"))
    assert _may("forbid (principal, action, resource is Service);", Person("eve"))
    assert not _may('forbid (principal, action, resource == Person::"017");', Person("017"))
    assert _may('forbid (principal, action, resource == Person::"017");', Person(17))


def test_what_has_no_key_is_not_let_past_a_forbid_about_one() -> None:
    assert not _may('forbid (principal, action, resource == Person::"1");', Person(None))
    assert not _may('forbid (principal, action, resource in Folder::"1");', Person(None))


@pytest.mark.parametrize(
    "asked",
    [
        "{it: resource}.it has locked",
        "{it: {it: resource}}.it.it has locked",
        "{it: (if true then {it: resource} else {it: resource})}.it.it.locked",
        "{it: resource.absent} has other",
    ],
)
def test_an_object_in_a_record_keeps_its_attributes(asked: str) -> None:
    person = Person("eve")
    person.locked = True  # type: ignore[attr-defined]
    assert not _may(f"forbid (principal, action, resource) when {{ {asked} }};", person)


class Fragile(Person):
    @property
    def locked(self) -> bool:
        return self.lock.closed  # type: ignore[attr-defined, no-any-return]  # there is no lock


@pytest.mark.parametrize(
    "asked", ["resource has locked", "resource.itself has locked", "!(resource.itself has locked)"]
)
def test_an_attribute_that_cannot_be_read_is_an_error_and_not_absent(asked: str) -> None:
    fragile = Fragile("eve")
    fragile.itself = fragile  # type: ignore[attr-defined]
    assert not _may(f"forbid (principal, action, resource) when {{ {asked} }};", fragile)
