"""``ringwall secret`` at a running authority, as transcripts."""

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
from ringwall.cli.secret import command
from ringwall.errors import Invalid, Misconfigured, RingwallError, Unavailable

VALUE = "sk-live-7d21f0a9e3"


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
def type_(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``type_("get orders/key")`` in a service's directory below the authority's; what the terminal shows."""
    service = home / "orders"
    service.mkdir(exist_ok=True)
    monkeypatch.chdir(service)

    def run(line: str, given: str | None = None) -> str:
        result = CliRunner().invoke(command, line.split(), input=given)
        if isinstance(result.exception, RingwallError):
            return result.output + result.exception.render() + "\n"
        assert result.exit_code == 0, result.output
        return re.sub(
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME", re.sub(r"operator:\d+", "operator:UID", result.output)
        )

    return run


def test_a_secret_from_its_first_to_its_last_day(type_: Any) -> None:
    assert type_("set orders/stripe", VALUE + "\n") == "orders/stripe is now version 1\n"
    assert type_("get orders/stripe") == "orders/stripe, version 1\n  value: •••\n"
    assert type_("get orders/stripe --show") == f"orders/stripe, version 1\n  value: {VALUE}\n"
    assert json.loads(type_("get orders/stripe --json")) == {
        "path": "orders/stripe", "version": 1, "data": {"value": "•••"},
    }  # fmt: skip
    assert type_("rotate orders/stripe") == "orders/stripe is now version 2\n"
    assert VALUE not in type_("get orders/stripe --show")
    assert type_("get orders/stripe --show --version 1") == f"orders/stripe, version 1\n  value: {VALUE}\n"
    Operator().call("DELETE", "/v1/secret/data/orders/stripe")
    assert type_("history orders/stripe") == (
        "orders/stripe\n     1  TIME  operator:UID\n     2  TIME  operator:UID, deleted from TIME\n"
    )
    assert type_("get orders/stripe") == "error: version 2 of orders/stripe is deleted\n"
    type_("set billing/deep/key", "x")
    assert type_("list") == "billing/deep/key\norders/stripe\n"
    assert type_("list orders") == "orders/stripe\n"
    assert json.loads(type_("list nothing --json")) == []


def test_a_value_from_a_file(type_: Any, tmp_path: Path) -> None:
    file = tmp_path / "value"
    file.write_text(VALUE)
    assert type_(f"set orders/file --value-file {file}") == "orders/file is now version 1\n"
    assert VALUE in type_("get orders/file --show")
    file.write_bytes(b"\xff")
    assert type_(f"set orders/file --value-file {file}") == (
        "error: the value is not text in UTF-8\nhint: encode it first, for example with base64\n"
    )


def test_a_value_on_the_command_line_is_not_understood(home: Path) -> None:
    assert CliRunner().invoke(command, ["set", "orders/key", VALUE]).exit_code == 2


def test_what_cannot_be_done_is_said_in_one_line(type_: Any) -> None:
    assert type_("get orders/none") == "error: there is no secret orders/none\nhint: ringwall secret set orders/none\n"
    assert type_("rotate orders/none").startswith("error: there is no secret orders/none\n")
    assert type_("set orders/empty", "") == "error: the value is empty\nhint: nothing was changed\n"
    assert type_("get ../people").startswith("error: '../people' is no path of a secret\n")
    assert type_("get orders//key").startswith("error: 'orders//key' is no path of a secret\n")


def test_no_authority(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no authority runs in"):
        Operator(tmp_path)
    note = tmp_path / ".ringwall" / "authority.json"
    note.parent.mkdir()
    note.write_text(json.dumps({"operator_socket": str(tmp_path / "gone.sock")}))
    with pytest.raises(Unavailable, match="does not answer"):
        Operator(tmp_path).get("/health")
    note.write_text("{")
    with pytest.raises(Misconfigured, match="cannot be read"):
        Operator(tmp_path)


def test_the_operators_own_endpoints(home: Path) -> None:
    operator = Operator(home)
    assert operator.get("/health")["issuer"].startswith("http://localhost:")
    with pytest.raises(Invalid, match="kind is one of"):
        operator.post("/revocations", {"kind": "none"})
    with pytest.raises(Invalid, match="nothing at this path"):
        operator.get("/nowhere")
