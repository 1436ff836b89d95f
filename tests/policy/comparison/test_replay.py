"""Recorded decisions asked again: told where the log tells enough, and never guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.objects.random_objects import world

from ringwall.audit.caller_facts import caller_facts
from ringwall.audit.decision_facts import decision_facts
from ringwall.audit.decisions import DecisionLog, logs
from ringwall.audit.event import Event
from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.comparison.recorded import Recorded, recorded
from ringwall.policy.comparison.replay import Verdict, replayed
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.principal import uid_of
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo
from ringwall.secret import Secret
from ringwall.store import connection, decisions
from ringwall.store.rows import SqliteReader

SHOP = Caller("spiffe://ringwall.internal/shop", "service")
ANN = Caller("ann", roles=frozenset({"customer"}), attributes={"region": "eu"})


def detail(caller: Caller = ANN, action: str = "order:read", resource: str = 'Order::"17"') -> dict[str, Any]:
    return {"id": "01J", "action": action, "resource": resource, "facts": caller_facts(caller)}


def asked(policies: str, **known: Any) -> tuple[bool | None, str]:
    found = recorded(json.loads(json.dumps(detail(**known))), allowed=True)
    assert isinstance(found, Recorded)
    verdict = replayed(found, parse_policies(policies))
    return verdict.allowed, verdict.because


FORBID = "forbid (principal, action, resource)"
READ = 'permit (principal in Role::"customer", action == Action::"order:read", resource)'


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        (f"{READ};", (True, "permitted by policy0")),
        ('permit (principal in Role::"x", action == Action::"order:read", resource);', (False, "no permit applies")),
        ('permit (principal, action in Action::"order:*", resource is Order);', (True, "permitted by policy0")),
        ('permit (principal, action in Action::"order:*", resource is Bill);', (False, "no permit applies")),
        ('permit (principal == Person::"ann", action == Action::"order:read", resource == Order::"17");',
         (True, "permitted by policy0")),
        (f'{READ} when {{ principal.region == "eu" && principal has region }};', (True, "permitted by policy0")),
        (f'{READ} when {{ principal.region == "us" }};', (False, "no permit applies")),
        (f"{READ} when {{ principal.age > 17 }};", (False, "no permit applies")),
        (f"{READ}; {FORBID} when {{ principal.age > 17 }};", (False, "forbidden by policy1")),
        (f"{READ}; {FORBID} when {{ principal has age }};", (True, "permitted by policy0")),
        (f"{READ} when {{ resource.owner == principal }};", (None, "policy0 reads resource.owner")),
        (f"{READ}; {READ} when {{ resource.open }};", (True, "permitted by policy0")),
        (f"{READ}; {FORBID} when {{ resource.locked }};", (None, "policy1 reads resource.locked")),
        (f"{READ}; {FORBID} when {{ resource.x }} when {{ false }};",
         (None, "policy1 reads resource.x")),
        (f"{READ}; {FORBID} when {{ false }} when {{ resource.x }};",
         (True, "permitted by policy0")),
        (f"{READ} when {{ resource.open }} when {{ false }};", (False, "no permit applies")),
        (f"{READ} when {{ context.ip.isLoopback() }};", (None, "policy0 reads context.ip")),
        (f"{READ} when {{ context == {{}} }};", (None, "policy0 reads context")),
        (f'{READ} when {{ resource in Folder::"a" }};', (None, "policy0 reads what resource is in")),
        (f'{READ} when {{ resource.hasTag("a") }};', (None, "policy0 reads the tags of resource")),
        (f'{READ} when {{ Role::"customer".level == 1 }};', (None, 'policy0 reads Role::"customer".level')),
        (f"{READ} when {{ resource.x }} when {{ resource.y }};", (None, "policy0 reads resource.x")),
        (f"{READ}; {FORBID} when {{ resource.x }} when {{ principal.age > 17 }};", (None, "policy1 reads resource.x")),
        (f'{READ} when {{ principal has region && principal.region == "us" }};', (False, "no permit applies")),
        (f'{READ} when {{ principal.region == "us" || principal has region }};', (True, "permitted by policy0")),
        (f"{READ} when {{ if principal.age > 17 then true else true }};", (False, "no permit applies")),
        (f"{READ} when {{ if resource.x then true else true }};", (None, "policy0 reads resource.x")),
        (f'{READ} when {{ if principal.region == "us" then true else false }};', (False, "no permit applies")),
        (f"{READ} when {{ principal.region }};", (False, "no permit applies")),
        (f'{READ} when {{ principal.hasTag("a") }};', (False, "no permit applies")),
        (f'{READ} when {{ principal.boss.hasTag("a") }};', (False, "no permit applies")),
        (f'{READ} when {{ principal.boss in Role::"x" }};', (False, "no permit applies")),
        ("permit (principal, action, resource);", (None, "no policy names the action order:read")),
        ('permit (principal, action == Action::"bill:read", resource);',
         (None, "no policy names the action order:read")),
    ],
)  # fmt: skip
def test_what_the_log_tells(policies: str, verdict: tuple[bool | None, str]) -> None:
    assert asked(policies) == verdict


def test_a_claim_that_was_not_kept_is_not_taken_for_absent() -> None:
    caller = Caller("ann", roles=frozenset({"customer"}), attributes={"region": "x" * 300, "teams": ["a"]})
    assert asked(f"{READ} when {{ principal has region }};", caller=caller) == (None, "policy0 reads principal.region")
    assert asked(f'{READ} when {{ principal.teams.contains("a") }};', caller=caller)[0] is None


def test_what_is_above_what_is_known_must_be_known_too() -> None:
    order, folder = {"type": "Order", "id": "17"}, {"type": "Folder", "id": "b"}
    told = {"uid": order, "attrs": {}, "absent": [], "parents": [folder]}
    kept = detail()
    kept["facts"] |= {"shape": 2, "entities": [told]}
    above = parse_policies(f'{READ} when {{ resource in Folder::"a" }};')
    found = recorded(kept, allowed=True)
    assert isinstance(found, Recorded)
    assert replayed(found, above) == Verdict(None, "policy0 reads what resource is in")
    kept["facts"]["entities"].append({"uid": folder, "attrs": {}, "absent": [], "parents": []})
    found = recorded(kept, allowed=True)
    assert isinstance(found, Recorded)
    assert replayed(found, above) == Verdict(False, "no permit applies")


def test_a_secret_is_never_written_down() -> None:
    facts = caller_facts(Caller("ann", attributes={"key": Secret("hunter2"), "n": 1.5}))
    assert "hunter2" not in repr(facts)
    assert (facts["claims"], facts["left_out"]) == ({}, ["key", "n"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts": None}, "nobody was recorded"),
        ({"resource": "page /x"}, "its resource is no entity"),
        ({"facts": {**caller_facts(ANN), "actor": SHOP.id}}, "a service asked for a person"),
        ({"facts": {**caller_facts(ANN), "shape": 3}}, "another version"),
        ({"facts": {**caller_facts(ANN), "missing": True}}, "its object was not found"),
        ({"facts": {**caller_facts(ANN), "context": []}}, "its facts cannot be read: the context is no object"),
    ],
)
def test_what_cannot_be_asked_again_says_why(change: dict[str, Any], says: str) -> None:
    assert says in str(recorded(detail() | change, allowed=True))


def test_without_a_resource_the_application_is_asked() -> None:
    assert asked(f"{READ} when {{ resource is Application }};", resource="")[0] is True


@dataclass
class Customer:
    id: int
    region: str
    vip: bool | None = None


@dataclass
class Folder:
    __cedar_parents__ = ("above",)
    id: str
    above: Any = None


@dataclass
class Order:
    __cedar_parents__ = ("folder",)
    id: int
    owner: str
    customer: Customer | None = None
    folder: Folder | None = None


ORDER = Order(17, "ann", Customer(3, "eu"), Folder("b", Folder("a")))
THEN = f"""
{READ} when {{ resource.owner == principal.id }} when {{ resource.customer.region == "eu" || resource.customer.vip }};
{FORBID} when {{ resource in Folder::"z" }};
{FORBID} unless {{ context.ip.isLoopback() }};
"""


def witnessed(policies: str, now: str, *, caller: Caller = ANN, order: Order = ORDER, role: str = "") -> Verdict:
    """What ``now`` says of a decision that was written down while ``policies`` were in force."""
    context = Context(0.0, "127.0.0.1")
    witness = Authorizer(parse_policies(policies)).witness("order:read", order, role=role, context=context)
    kept = {**detail(caller), "facts": decision_facts(caller, witness)}
    found = recorded(json.loads(Event("x", 0.0, detail=kept).canonical())["detail"], allowed=True)
    assert isinstance(found, Recorded)
    return replayed(found, parse_policies(now))


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (THEN, (True, "permitted by policy0")),
        (f'{READ} when {{ resource.owner == "sue" }};', (False, "no permit applies")),
        (f"{READ} when {{ resource.customer has vip }};", (False, "no permit applies")),
        (f'{READ} when {{ resource.customer == Customer::"3" }};', (True, "permitted by policy0")),
        (f'{READ} when {{ resource in Folder::"a" }};', (True, "permitted by policy0")),
        (f'{READ}; {FORBID} when {{ resource in Folder::"a" }};', (False, "forbidden by policy1")),
        (f'{READ} when {{ context.time < datetime("1970-01-02") }};', (True, "permitted by policy0")),
        (f"{READ} when {{ context has actor }};", (False, "no permit applies")),
        (f"{READ} when {{ context has weather }};", (False, "no permit applies")),
        (f"{READ} when {{ resource.price == 1 }};", (None, "policy0 reads resource.price")),
        (f"{READ} when {{ true || resource.price == 1 }};", (True, "permitted by policy0")),
        (f"{READ} when {{ resource.customer.name like \"a*\" }};", (None, "policy0 reads resource.customer.name")),
        (f"{READ} when {{ resource.folder.name == \"b\" }};", (None, "policy0 reads resource.folder")),
        (f'{READ} when {{ if resource.owner == "ann" then false else resource.price == 1 }};',
         (False, "no permit applies")),
    ],
)  # fmt: skip
def test_what_policies_read_then_can_be_asked_now(now: str, verdict: tuple[bool | None, str]) -> None:
    assert witnessed(THEN, now) == Verdict(*verdict)


def test_a_service_that_asked_for_a_person_is_judged_by_its_own_rights() -> None:
    caller = replace(ANN, actor=SHOP)
    of_shop = f'permit (principal == Service::"{SHOP.id}", action == Action::"order:read", resource);'
    assert witnessed(THEN, f"{READ};", caller=caller) == Verdict(False, f"for {uid_of(SHOP)}: no permit applies")
    assert witnessed(THEN, f"{READ}; {of_shop}", caller=caller).allowed is True
    banned = 'forbid (principal is Service, action, resource) when { principal.kind == "service" };'
    assert witnessed(THEN, f"{READ}; {of_shop} {banned}", caller=caller).allowed is False
    told = f"{READ} when {{ context.actor == {uid_of(SHOP)} }}; {of_shop}"
    assert witnessed(THEN, told, caller=caller).allowed is True
    unread = of_shop.replace(";", " when { resource.price == 1 };")
    assert witnessed(THEN, f"{READ}; {unread}", caller=caller) == Verdict(
        None, f"for {uid_of(SHOP)}: policy1 reads resource.price"
    )


ANYONE = 'permit (principal, action == Action::"order:read", resource)'
OF_SHOP = ANYONE.replace("principal", f'principal == Service::"{SHOP.id}"')


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (f'{ANYONE} when {{ resource.owner == "sue" }};', (False, "no permit applies")),
        (f'{OF_SHOP} when {{ resource.price == 1 }};', (False, "no permit applies")),
        (f"{ANYONE};", (True, "permitted by policy0")),
        (f"{ANYONE}; {FORBID} when {{ principal is Service }};", (True, "permitted by policy0")),
        (f"{READ}; {OF_SHOP} when {{ context has time && !(context has actor) }};", (True, "permitted by policy0")),
        (f"{READ} when {{ resource.price == 1 }}; {OF_SHOP};", (None, "policy0 reads resource.price")),
        (f"{READ} when {{ resource.price == 1 }}; {OF_SHOP} when {{ resource.size == 1 }};",
         (None, "policy0 reads resource.price")),
        (f"{READ} when {{ resource.price == 1 }};", (False, f"for {uid_of(SHOP)}: no permit applies")),
    ],
)  # fmt: skip
def test_a_person_and_the_service_that_asked_for_them_must_both_be_permitted(
    now: str, verdict: tuple[bool | None, str]
) -> None:
    assert witnessed(THEN, now, caller=replace(ANN, actor=SHOP)) == Verdict(*verdict)


def test_the_role_of_the_mark_is_asked_too() -> None:
    assert witnessed(THEN, THEN, role="customer").allowed is True
    assert witnessed(THEN, THEN, role="clerk") == Verdict(False, "the mark asks for the role clerk")


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_policies_that_decided_say_the_same_again_or_that_they_cannot(seed: int) -> None:
    asked = world(seed)
    action, resource = asked.request.action.id, asked.objects[asked.request.resource]
    open_to_all = [Policy("all", action=EqualTo(asked.request.action))] if seed % 2 else []
    authorizer = Authorizer([*asked.policies, *open_to_all], [action])
    decision = authorizer.decide(asked.caller, action, resource, context=asked.context)
    witness = authorizer.witness(action, resource, context=asked.context)
    facts = decision_facts(asked.caller, witness)
    kept = {"id": "", "action": action, "resource": str(asked.request.resource), "facts": facts}
    found = recorded(json.loads(Event("x", 0.0, detail=kept).canonical())["detail"], allowed=decision.allowed)
    assert isinstance(found, Recorded)
    verdict = replayed(found, authorizer.policies)
    assert verdict.allowed in (None, decision.allowed)


def test_out_of_a_real_log(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    log.denied(
        Decision(False, "order:read", "ann (person)", 'Order::"17"', "no permit applies"),
        ANN, method="GET", path="/", client="",
    ).result(5)  # fmt: skip
    log.allowed(Decision(True, "order:read", "ann (person)", 'Order::"18"', "yes"), ANN, method="GET", path="/")
    log.close()
    (path,) = logs(tmp_path)
    reader = SqliteReader(connection.reading(path))
    denied, allowed = (json.loads(body) for body in decisions.every(reader))
    reader.close()
    policies = parse_policies(f"{READ};")
    first = recorded(denied["detail"], allowed=False)
    second = recorded(allowed["detail"]["decisions"][0], allowed=True)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (replayed(first, policies).allowed, replayed(second, policies).allowed) == (True, True)
