"""Recorded decisions asked again: told where the log tells enough, and never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringwall.audit.caller_facts import caller_facts
from ringwall.audit.decisions import DecisionLog, logs
from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.policy.comparison.replay import Recorded, recorded, replayed
from ringwall.policy.language.parse import parse_policies
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


def test_a_secret_is_never_written_down() -> None:
    facts = caller_facts(Caller("ann", attributes={"key": Secret("hunter2"), "n": 1.5}))
    assert "hunter2" not in repr(facts)
    assert (facts["claims"], facts["left_out"]) == ({}, ["key", "n"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts": None}, "nobody was recorded"),
        ({"resource": "page /x"}, "its resource is no entity"),
        (
            {"facts": caller_facts(Caller("ann", actor=Caller("spiffe://x/shop", "service")))},
            "a service asked for a person",
        ),
    ],
)
def test_what_cannot_be_asked_again_says_why(change: dict[str, Any], says: str) -> None:
    assert says in str(recorded(detail() | change, allowed=True))


def test_without_a_resource_the_application_is_asked() -> None:
    assert asked(f"{READ} when {{ resource is Application }};", resource="")[0] is True


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
