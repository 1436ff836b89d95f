"""Secrets that renew themselves."""

from __future__ import annotations

from typing import Any

import pytest

from ringwall.authority.vault.custom_metadata import rotation
from ringwall.authority.vault.rotation import rotate_due


def due(bank: Any) -> list[str]:
    return bank.world.run(rotate_due(bank.world.authority))


def test_a_secret_is_renewed_when_it_is_due(bank: Any) -> None:
    bank.put("orders/receipts", {"value": "first", "user": "ann"})
    bank.put("orders/other", {"value": "stays"})
    bank.ok("POST", "secret/metadata/orders/receipts", {"custom_metadata": {"rotate": "60s"}})
    bank.clock.turn(59)
    assert due(bank) == []
    bank.clock.turn(1)
    assert due(bank) == ["orders/receipts"]
    assert due(bank) == []
    fresh = bank.get("orders/receipts")
    assert (fresh["user"], len(fresh["value"])) == ("ann", 43)
    assert bank.get("orders/receipts", query="version=1")["value"] == "first"
    assert bank.get("orders/other") == {"value": "stays"}
    event = next(event for event in bank.world.events() if event["kind"] == "secret.rotated")
    assert (event["actor"], event["subject"], event["detail"]) == ("authority", "orders/receipts", {"version": 2})


def test_what_was_deleted_stays_deleted(bank: Any) -> None:
    for path in ("a", "b", "c"):
        bank.put(path, {"value": "v"})
        bank.ok("POST", f"secret/metadata/{path}", {"custom_metadata": {"rotate": "10"}})
    bank.ok("DELETE", "secret/data/a")
    bank.ok("POST", "secret/destroy/b", {"versions": [1]})
    bank.ok("DELETE", "secret/metadata/c")
    bank.ok("POST", "secret/metadata/never-written", {"custom_metadata": {"rotate": "10"}})
    bank.clock.turn(100)
    assert due(bank) == []


def test_an_operator_rotates_at_once(bank: Any) -> None:
    bank.put("orders/receipts", {"value": "first"})
    assert bank.ok("POST", "ringwall/rotate/orders/receipts", {})["data"]["version"] == 2
    assert bank.get("orders/receipts")["value"] != "first"
    seen = bank.ok("GET", "ringwall/history/orders/receipts")["data"]
    assert [(version["version"], version["author"]) for version in seen["versions"]] == [
        (1, "operator:0"),
        (2, "operator:0"),
    ]
    assert bank.call("POST", "ringwall/rotate/nothing/here", {}).status == 404


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("30d", 2592000), ("90", 90), ("0s", None), ("-5s", None), ("soon", None), ("", None)],
)
def test_the_span(text: str, seconds: int | None) -> None:
    assert rotation({"rotate": text}) == seconds
    assert rotation(None) is None
