"""``ringwall policy diff --replay`` over the log of a service that was there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ringwall.audit.decisions import DecisionLog
from ringwall.caller import Caller
from ringwall.decision import Decision

pytestmark = pytest.mark.xdist_group("cli")

POLICIES = """
@id("support") permit (principal in Role::"support", action == Action::"order:read", resource);
@id("owner") permit (principal, action == Action::"order:refund", resource) when { resource.owner == principal };
"""


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    log = DecisionLog(tmp_path / ".ringwall" / "services" / "orders" / "audit")
    sue, ann = Caller("sue", roles=frozenset({"support"})), Caller("ann")
    no = Decision(False, "order:read", "sue (person)", 'Order::"1"', "no permit applies")
    log.denied(no, sue, method="GET", path="/orders/1", client="").result(5)
    log.allowed(Decision(True, "order:read", "ann (person)", 'Order::"1"', "yes"), ann, method="GET", path="/orders/1")
    log.allowed(Decision(True, "order:refund", "ann (person)", 'Order::"1"', "yes"), ann, method="POST", path="/")
    log.close()
    (tmp_path / "orders.cedar").write_text(POLICIES)
    return tmp_path


def run(directory: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "ringwall", "policy", "diff", "--replay", "orders.cedar", *arguments],
        cwd=directory, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert not done.stderr
    return done.returncode, done.stdout


def test_what_would_change_and_what_cannot_be_told(installation: Path) -> None:
    status, said = run(installation)
    lines = said.splitlines()
    assert status == 1
    assert lines[0].startswith("NOW ALLOWED  ")
    assert lines[0].endswith('  Person::"sue"  order:read  Order::"1"  permitted by support')
    assert lines[1].startswith("NOW DENIED  ")
    assert lines[1].endswith('  Person::"ann"  order:read  Order::"1"  no permit applies')
    assert lines[2:] == [
        "1 cannot be told: owner reads resource.owner",
        "3 decisions replayed, 2 would change, 1 cannot be told",
    ]


def test_for_programs(installation: Path) -> None:
    status, said = run(installation, "--json")
    found = json.loads(said)
    assert (status, found["decisions"], len(found["changed"])) == (1, 3, 2)
    assert found["untold"] == [{"because": "owner reads resource.owner", "count": 1}]
