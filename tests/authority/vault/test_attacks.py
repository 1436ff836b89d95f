"""Attacks on the vault, each by its name."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import Any

import pytest

from ringwall.authority.vault.request_path import Elsewhere, read_path
from ringwall.errors import Unavailable

SECRET = "correct-horse-battery-staple-7f3a"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"/v1/secret/data/orders/../billing/key", 307),
        (b"/v1/secret/data/orders/./key", 307),
        (b"/v1/secret//data/billing/key", 307),
        (b"/v1/secret/data/orders/%2e%2e/billing/key", 400),
        (b"/v1/secret/data/orders%2f..%2fbilling/key", 400),
        (b"/v1/secret/data/orders%2f%2fkey", 400),
        (b"/v1/secret/data/orders/key%00.txt", 400),
        (b"/v1/secret/data/orders/key%0d%0ax-vault-token:%20root", 400),
        (b"/v1/secret/data/orders/%ff", 400),
        (b"/v1/secret/data/orders/%E2%80%AE", 400),
        (b"/v1/secret/data/" + b"a" * 4096, 400),
    ],
)
def test_path_traversal(bank: Any, raw: bytes, status: int) -> None:
    bank.put("billing/key", {"value": SECRET})
    token = bank.log_in("orders")
    answers: list[Any] = []

    async def send(message: Any) -> None:
        answers.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"host", b"x"), (b"x-vault-token", token.encode())]
    scope = {"type": "http", "method": "GET", "path": raw.decode("latin-1"), "raw_path": raw, "query_string": b"",
             "headers": headers, "client": None, "extensions": {}}  # fmt: skip
    bank.world.run(bank.internal(scope, receive, send))
    assert answers[0]["status"] == status
    assert SECRET.encode() not in b"".join(message.get("body", b"") for message in answers)


def test_a_slash_in_disguise_is_a_slash_to_the_policy_too() -> None:
    assert read_path(b"/v1/secret/data/orders%2fkey") == "secret/data/orders/key"
    with pytest.raises(Elsewhere) as elsewhere:
        read_path(b"/v1/a/../../../etc/passwd")
    assert elsewhere.value.location == b"/etc/passwd"


def test_a_service_named_like_a_pattern_gets_nothing_more(bank: Any) -> None:
    bank.put("orders/key", {"value": SECRET})
    for name in ("orders", "order"):
        token = bank.log_in(name)
        expected = 200 if name == "orders" else 403
        assert bank.call("GET", "secret/data/orders/key", token=token, service=name).status == expected
    bank.policy("odd", 'path "secret/data/order" { capabilities = ["read"] }')
    assert bank.call("GET", "secret/data/orders/key", token=bank.token("odd")).status == 403


def test_no_policy_can_be_written_in_the_name_of_a_service(bank: Any) -> None:
    text = {"policy": 'path "*" { capabilities = ["read"] }'}
    assert bank.call("POST", "sys/policies/acl/service:orders", text).status == 400
    assert bank.call("POST", "sys/policies/acl/SERVICE:orders", text).status == 400
    assert bank.call("POST", "sys/policies/acl/root", text).status == 400


@pytest.mark.parametrize("token", ["", "root", "s.x", "é", "' or 1=1 --", "s." + "a" * 5000])
def test_a_made_up_token(bank: Any, token: str) -> None:
    answer = bank.call("GET", "secret/data/a", token=token)
    assert (answer.status, answer.json()) == (403, {"errors": ["permission denied"]})


def test_another_user_at_the_operators_socket(bank: Any) -> None:
    bank.put("a", {"value": SECRET})
    answer = bank.call("GET", "secret/data/a", uid=12345)
    assert answer.status == 403
    assert SECRET.encode() not in answer.body


def test_an_operators_unix_identity_means_nothing_on_the_internal_listener(bank: Any) -> None:
    answer = bank.world.call(bank.internal, "GET", "/v1/secret/data/a", uid=0)
    assert answer.status == 403


@pytest.mark.parametrize(
    "body",
    [b"[]", b'"x"', b"{", b"nul", b"{}x", b'{"data": NaN}', b'{"data": Infinity}',
     b'{"data": {"a": 1e999}}',
     b"[" * 100_000, b'{"a":' * 50_000,
     b"\xff\xfe", b'{"data": {"\xff": 1}}', b"a=1&b=2"],
)  # fmt: skip
def test_hostile_json(bank: Any, body: bytes) -> None:
    answer = bank.call("POST", "secret/data/a", body=body)
    assert answer.status == 400
    assert bank.call("GET", "secret/data/a").status == 404


def test_half_a_surrogate_pair_is_refused_everywhere(bank: Any) -> None:
    for path, body in (
        ("secret/data/a", b'{"data": {"value": "\\ud800"}}'),
        ("secret/data/a", b'{"data": {"\\uDFFF": 1}}'),
        ("secret/metadata/a", b'{"custom_metadata": {"a": "\\ud800"}}'),
        ("sys/policies/acl/a", b'{"policy": "# \\ud800"}'),
        ("auth/token/create", b'{"policies": ["a"], "display_name": "\\ud800"}'),
    ):
        assert bank.call("POST", path, body=body).status == 400, body
    assert bank.call("POST", "secret/data/a", body=b'{"data": {"value": "\\ud83d\\ude00"}}').status == 200
    assert bank.get("a") == {"value": "\U0001f600"}


@pytest.mark.parametrize("field", ["meta", "policies", "ttl", "num_uses", "renewable", "display_name", "period"])
@pytest.mark.parametrize("value", [[[]], {"a": [1]}, "\x00", -1, 2**70, "1" * 400, 1e300])
def test_odd_fields_of_a_token_are_no_failure(bank: Any, field: str, value: Any) -> None:
    answer = bank.call("POST", "auth/token/create", {"policies": ["a"], field: value})
    assert answer.status in (200, 400), answer.body


def test_a_wrong_cas_changes_nothing(bank: Any) -> None:
    bank.put("a", {"value": "1"})
    for cas in (0, 2, -1, "x"):
        assert bank.call("POST", "secret/data/a", {"data": {"value": "2"}, "options": {"cas": cas}}).status == 400
    assert bank.get("a") == {"value": "1"}


def test_wrapping_is_refused_rather_than_answered_in_clear(bank: Any) -> None:
    bank.put("a", {"value": SECRET})
    answer = bank.call("GET", "secret/data/a", headers={"x-vault-wrap-ttl": "60s"})
    assert answer.status == 400
    assert SECRET.encode() not in answer.body
    assert bank.call("GET", "secret/data/a", headers={"x-vault-namespace": "other"}).status == 400


def test_no_secret_in_the_database_the_log_or_the_audit(bank: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bank.put("orders/key", {"value": SECRET})
    bank.get("orders/key")
    bank.call("POST", "secret/data/orders/key", {"data": {"value": SECRET}, "options": {"cas": 99}})
    bank.call("PATCH", "secret/data/orders/key", {"data": {"other": SECRET}})
    token = bank.token("default")
    bank.ok("POST", "auth/approle/role/job", {})
    secret_id = bank.ok("POST", "auth/approle/role/job/secret-id", {})["data"]["secret_id"]
    bank.call("POST", "auth/approle/login", {"role_id": "x", "secret_id": secret_id})
    written = json.dumps(bank.world.events()) + caplog.text
    stored = b"".join(file.read_bytes() for file in bank.world.home.iterdir() if file.is_file())
    assert len(stored) > 50_000
    for value in (SECRET, token, secret_id):
        assert value not in written
        assert value.encode() not in stored
    assert b"orders/key" in stored, "the search finds what is there"


def test_every_access_is_written_down_with_path_version_and_outcome(bank: Any) -> None:
    bank.put("orders/key", {"value": SECRET})
    token = bank.log_in("billing")
    before = len(bank.world.events())
    bank.get("orders/key")
    bank.call("GET", "secret/data/orders/key", token=token, service="billing")
    bank.call("GET", "secret/data/orders/key", token="s.none")
    read, refused, unknown = bank.world.events()[before:]
    assert (read["kind"], read["actor"], read["subject"]) == ("vault.read", "operator:0", "secret/data/orders/key")
    assert read["detail"] == {"operation": "read", "status": 200, "version": 1}
    assert (refused["actor"], refused["detail"]["status"]) == ("spiffe://ringwall.internal/billing", 403)
    assert (unknown["actor"], unknown["detail"]["status"]) == ("", 403)


def test_a_read_that_cannot_be_recorded_does_not_happen(bank: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.put("a", {"value": SECRET})

    def full(previous: bytes, event: Any) -> Any:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(bank.world.authority.store._transaction, "_chain", full)
    answer = bank.call("GET", "secret/data/a")
    assert answer.status == 503
    assert SECRET.encode() not in answer.body


@pytest.mark.parametrize("change", ["path", "number", "flip"])
def test_a_sealed_value_that_was_moved_or_changed_does_not_open(bank: Any, change: str) -> None:
    bank.put("a", {"value": "first"})
    bank.put("a", {"value": "second"})
    bank.put("b", {"value": SECRET})
    with sqlite3.connect(bank.world.home / "authority.db") as database:
        if change == "flip":
            database.execute(
                "update kv_version set sealed = cast(substr(sealed, 1, 20) || x'00' || substr(sealed, 22) as blob)"
            )
        else:
            source = "path = 'b'" if change == "path" else "path = 'a' and number = 1"
            database.execute(
                f"update kv_version set sealed = (select sealed from kv_version where {source})"
                " where path = 'a' and number = 2"
            )
    database.close()
    answer = bank.call("GET", "secret/data/a")
    assert answer.status == 500
    assert b"first" not in answer.body
    assert SECRET.encode() not in answer.body


def test_destroyed_is_gone_from_the_database(bank: Any) -> None:
    bank.put("a", {"value": SECRET})
    bank.ok("POST", "secret/destroy/a", {"versions": [1]})
    with sqlite3.connect(bank.world.home / "authority.db") as database:
        assert database.execute("select sealed from kv_version").fetchall() == [(None,)]
    database.close()
    answer = bank.call("GET", "secret/data/a")
    assert (answer.status, answer.json()["data"]["data"]) == (404, None)
