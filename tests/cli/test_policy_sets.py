"""``ringwall policy push``, ``pull`` and ``history`` at a running authority, as transcripts."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ringwall.authority.deployment import development
from ringwall.authority.running import Running
from ringwall.cli.operator import Operator
from ringwall.cli.policy import command
from ringwall.errors import RingwallError

POLICIES = '@id("owners") permit (principal is Person, action == Action::"read", resource is Order);\n'
SCHEMA = 'entity Person; entity Order; action "read" appliesTo { principal: Person, resource: Order };\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("c")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = asyncio.run_coroutine_threadsafe(Running.start(development(directory)), loop).result(30)
    yield directory
    asyncio.run_coroutine_threadsafe(running.stop(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def type_(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``type_("push orders policies")`` below the authority's directory; what the terminal shows."""
    service = home / tmp_path.name
    service.mkdir()
    (service / "policies" / "more").mkdir(parents=True)
    (service / "policies" / "orders.cedar").write_text(POLICIES)
    (service / "policies" / "orders.cedarschema").write_text(SCHEMA)
    (service / "policies" / "more" / "people.json").write_text("[]")
    (service / "policies" / "README.md").write_text("not a policy")
    monkeypatch.chdir(service)

    def run(line: str) -> str:
        result = CliRunner().invoke(command, line.split())
        if isinstance(result.exception, RingwallError):
            return result.output + result.exception.render() + "\n"
        assert result.exit_code == 0, (result.output, result.exception)
        output = re.sub(
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME", re.sub(r"operator:\d+", "operator:UID", result.output)
        )
        return re.sub(r"[0-9a-f]{12}\n", "DIGEST\n", output)

    return run


def test_a_set_from_its_first_push_to_a_return_to_an_earlier_version(type_: Any) -> None:
    assert type_("push orders policies") == "orders is now version 1: 1 policies in 3 files\n"
    Path("policies/orders.cedar").write_text(POLICIES.replace("permit", "forbid"))
    assert type_("push orders policies") == "orders is now version 2: 1 policies in 3 files\n"
    assert type_("history orders") == (
        "   2  TIME  operator:UID  DIGEST\n"
        "   1  TIME  operator:UID  DIGEST\n"
    )  # fmt: skip
    assert type_("pull orders back --version 1") == "version 1 of orders: 3 files in back\n"
    assert Path("back/orders.cedar").read_text() == POLICIES
    assert Path("back/more/people.json").read_text() == "[]"
    assert type_("push orders back") == "orders is now version 3: 1 policies in 3 files\n"
    assert type_("pull orders back") == "error: back is not empty\nhint: name a directory that is not there yet\n"
    assert "orders               version 3  TIME  operator:UID  DIGEST\n" in type_("history")


def test_one_file_and_json(type_: Any) -> None:
    answer = json.loads(type_("push single policies/orders.cedar --json"))
    assert (answer["name"], answer["version"], answer["policies"], answer["warnings"]) == ("single", 1, 1, [])
    [entry] = json.loads(type_("history single --json"))
    assert entry["version"] == 1


def test_every_mistake_is_shown_before_anything_is_sent(type_: Any) -> None:
    Path("policies/orders.cedar").write_text("permit (prinzipal, action, resource);\nforbid (principal, action);\n")
    said = type_("push broken policies")
    assert "orders.cedar:1:9" in said
    assert "orders.cedar:2" in said
    assert "^" in said
    assert Operator().get("/policies?name=broken") is None


def test_what_is_no_set(type_: Any) -> None:
    Path("empty").mkdir()
    assert type_("push orders empty").startswith("error: empty holds no policies\nhint: their files end in .cedar")
    Path("policies/orders.cedar").write_bytes(b"\xff\xfe")
    assert type_("push orders policies") == "error: policies/orders.cedar is not text in UTF-8\n"
    Path("policies/orders.cedar").write_text(POLICIES)
    assert "name is a service's name" in type_("push Orders policies")


def test_what_is_not_there(type_: Any) -> None:
    assert (
        type_("pull nothing x")
        == "error: the authority has no policy set nothing\nhint: ringwall policy history nothing\n"
    )
    assert type_("history nothing").startswith("error: the authority has no policy set nothing")
    assert type_("pull a&version=1 x").startswith("error: the authority has no policy set a&version=1")


def test_no_name_leads_out_of_the_directory(type_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Operator, "get", lambda *_: {"version": 1, "files": {"../evil.cedar": ""}})
    assert "is no file of a policy set" in type_("pull orders out")
    assert not Path("../evil.cedar").exists()
