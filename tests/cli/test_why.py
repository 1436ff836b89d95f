"""``ringwall why``: a decision out of the log of a service that was there, as text, as data, and what would turn it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from ringwall.audit.decisions import DecisionLog
from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies

pytestmark = pytest.mark.xdist_group("cli")

POLICIES = """
@id("owner") permit (principal, action == Action::"order:read", resource) when { resource.owner == principal.id };
"""


@dataclass
class Order:
    id: int
    owner: str


class Installation(NamedTuple):
    directory: Path
    denied: str
    allowed: str


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    directory = tmp_path_factory.mktemp("shop")
    log = DecisionLog(directory / ".ringwall" / "services" / "orders" / "audit")
    authorizer = Authorizer(parse_policies(POLICIES, file="orders.cedar"))
    ids = []
    order = Order(17, "ann")
    for caller in (Caller("bob"), Caller("ann")):
        decision = authorizer.decide(caller, "order:read", order)
        witness = authorizer.witness("order:read", order)
        if decision.allowed:
            log.allowed(decision, caller, witness, method="GET", path="/orders/17")
        else:
            log.denied(decision, caller, witness, method="GET", path="/orders/17", client="192.0.2.1").result(5)
        ids.append(decision.id)
    log.close()
    (directory / "orders.cedar").write_text(POLICIES)
    (directory / "others").mkdir()
    (directory / "others" / "open.cedar").write_text('permit (principal, action == Action::"order:read", resource);')
    return Installation(directory, *ids)


def run(installation: Installation, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "ringwall", "why", *arguments],
        cwd=installation.directory, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_no_with_what_would_turn_it(installation: Installation) -> None:
    status, said, _ = run(installation, installation.denied, "--flip")
    lines = said.splitlines()
    assert status == 0
    assert lines[0] == 'DENY order:read  caller bob (person)  resource Order::"17"'
    assert lines[-3:] == [
        "  GET /orders/17",
        '  it would turn with: Order::"17".owner: "ann" → "bob"',
        '  it would turn with: Person::"bob".id: "bob" → "ann"',
    ]


def test_a_yes_names_its_rule(installation: Installation) -> None:
    _, said, _ = run(installation, installation.allowed)
    assert said.splitlines()[:2] == [
        'ALLOW order:read  caller ann (person)  resource Order::"17"',
        "  permitted by policy0  orders.cedar:2",
    ]


def test_for_programs_the_tree_is_data(installation: Installation) -> None:
    _, said, _ = run(installation, installation.denied, "--flip", "--json")
    found = json.loads(said)
    condition = found["decision"]["nearest"]["condition"]
    assert (condition["text"], condition["held"]) == ("resource.owner == principal.id", False)
    assert condition["values"] == '"ann" == "bob"'
    assert found["facts"]["entities"][0]["attrs"] == {"owner": "ann"}
    assert ['Order::"17".owner: "ann" → "bob"'] in found["flips"]


def test_policies_that_did_not_decide_it_are_told(installation: Installation) -> None:
    status, _, said = run(installation, installation.denied, "--flip", "--policies", "others")
    assert status == 2
    assert "it cannot be told what would turn it: these policies say yes, where the answer was no" in said


def test_a_flip_where_no_policies_lie_says_where_to_get_them(installation: Installation, tmp_path: Path) -> None:
    status, said, error = run(installation, installation.denied, "--flip", "--policies", str(tmp_path))
    assert (status, said) == (2, "")
    assert f"error: no *.cedar is in {tmp_path}\nhint: name their files or directory; `ringwall policy show" in error
