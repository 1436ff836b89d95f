"""Tokens, AppRole and login by certificate: who gets in, for how long, and who does not."""

from __future__ import annotations

from typing import Any

import pytest

READ_A = 'path "secret/data/a" { capabilities = ["read"] }'
MAKE = 'path "auth/token/create" { capabilities = ["update"] } path "secret/data/a" { capabilities = ["read"] }'


def test_a_token_does_what_its_policies_say(bank: Any) -> None:
    bank.put("a", {"value": "v"})
    bank.policy("readers", READ_A)
    token = bank.token("readers", ttl="1h")
    assert bank.get("a", token=token) == {"value": "v"}
    assert bank.call("POST", "secret/data/a", {"data": {}}, token=token).status == 403
    assert bank.call("GET", "sys/mounts", token=token).status == 403
    seen = bank.ok("GET", "auth/token/lookup-self", token=token)["data"]
    assert (seen["id"], seen["policies"], seen["ttl"]) == (token, ["default", "readers"], 3600)


def test_an_expired_token_is_nobody(bank: Any) -> None:
    token = bank.token("default", ttl="60s")
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 200
    bank.clock.turn(60)
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_a_renewed_token_lives_on_but_never_past_its_limit(bank: Any) -> None:
    token = bank.token("default", ttl="60s", explicit_max_ttl="100s")
    bank.clock.turn(50)
    assert bank.ok("POST", "auth/token/renew-self", {}, token=token)["auth"]["lease_duration"] == 50
    bank.clock.turn(51)
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_a_token_dies_with_its_parent(bank: Any) -> None:
    bank.policy("makers", MAKE)
    parent = bank.token("makers", ttl="1h")
    child = bank.ok("POST", "auth/token/create", {"ttl": "2h"}, token=parent)["auth"]
    grandchild = bank.ok("POST", "auth/token/create", {}, token=child["client_token"])["auth"]
    assert child["lease_duration"] == 3600, "a child does not outlive its parent"
    assert bank.call("GET", "auth/token/lookup-self", token=grandchild["client_token"]).status == 200
    bank.ok("POST", "auth/token/revoke-self", {}, token=parent)
    for token in (parent, child["client_token"], grandchild["client_token"]):
        assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_a_token_that_is_cut_short_cuts_its_children_short(bank: Any) -> None:
    bank.policy("makers", MAKE)
    parent = bank.token("makers", ttl="1h")
    child = bank.ok("POST", "auth/token/create", {}, token=parent)["auth"]["client_token"]
    grandchild = bank.ok("POST", "auth/token/create", {}, token=child)["auth"]["client_token"]
    bank.ok("POST", "auth/token/renew-self", {"increment": "10s"}, token=parent)
    bank.clock.turn(11)
    for token in (child, grandchild):
        assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_a_child_has_no_more_rights_than_its_parent(bank: Any) -> None:
    bank.policy("makers", MAKE)
    parent = bank.token("makers")
    for asked in ({"policies": ["root"]}, {"policies": ["readers"]}, {"policies": ["service:orders"]}):
        assert bank.call("POST", "auth/token/create", asked, token=parent).status == 400
    assert bank.call("POST", "auth/token/create", {"no_parent": True}, token=parent).status == 400
    assert bank.call("POST", "auth/token/create-orphan", {}, token=parent).status == 403
    assert bank.call("POST", "auth/token/create", {"policies": ["root"]}).status == 400, "not even by an operator"


def test_a_token_of_few_uses_has_no_more(bank: Any) -> None:
    bank.policy("makers", MAKE)
    token = bank.token("makers", num_uses=2)
    assert bank.call("POST", "auth/token/create", {}, token=token).status == 400
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 200
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_an_operator_ends_a_token_by_its_accessor(bank: Any) -> None:
    token = bank.token("default")
    accessor = bank.ok("GET", "auth/token/lookup-self", token=token)["data"]["accessor"]
    assert accessor in bank.ok("LIST", "auth/token/accessors")["data"]["keys"]
    assert bank.ok("POST", "auth/token/lookup-accessor", {"accessor": accessor})["data"]["id"] == ""
    bank.ok("POST", "auth/token/revoke-accessor", {"accessor": accessor})
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_a_service_logs_in_by_certificate_for_its_own_secrets(bank: Any) -> None:
    bank.put("billing/key", {"value": "theirs"})
    token = bank.log_in("orders")
    me = {"token": token, "service": "orders"}
    assert bank.put("orders/receipts", {"value": "mine"}, **me) == 1
    assert bank.get("orders/receipts", **me) == {"value": "mine"}
    bank.ok("POST", "secret/metadata/orders/receipts", {"custom_metadata": {"rotate": "60s"}}, **me)
    assert bank.ok("LIST", "secret/metadata/orders/", **me)["data"]["keys"] == ["receipts"]
    bank.ok("DELETE", "secret/data/orders/receipts", **me)
    for method, path in (
        ("GET", "secret/data/billing/key"), ("LIST", "secret/metadata/"), ("GET", "secret/metadata/billing/key"),
        ("GET", "secret/data/orders2/x"), ("GET", "secret/data/orders"), ("GET", "secret/config"),
        ("GET", "sys/mounts"),
        ("LIST", "sys/policies/acl"), ("GET", "ringwall/history/orders/receipts"), ("LIST", "auth/approle/role"),
    ):  # fmt: skip
        assert bank.call(method, path, **me).status == 403, path
    for path in ("secret/config", "secret/destroy/orders/receipts", "ringwall/rotate/orders/receipts",
                 "sys/policies/acl/service:orders", "auth/token/create", "auth/approle/role/x"):  # fmt: skip
        assert bank.call("POST", path, {"versions": [1]}, **me).status == 403, path


def test_a_certificate_token_works_only_with_that_certificate(bank: Any) -> None:
    token = bank.log_in("orders")
    assert bank.call("GET", "auth/token/lookup-self", token=token, service="orders").status == 200
    assert bank.call("GET", "auth/token/lookup-self", token=token, service="billing").status == 403
    assert bank.call("GET", "auth/token/lookup-self", token=token).status == 403


def test_without_a_certificate_there_is_no_certificate_login(bank: Any) -> None:
    assert bank.call("POST", "auth/cert/login", {}, token="none").status == 400
    assert bank.call("POST", "auth/cert/login", {}).status == 400


def test_approle(bank: Any) -> None:
    bank.put("a", {"value": "v"})
    bank.policy("readers", READ_A)
    bank.ok(
        "POST", "auth/approle/role/job", {"token_policies": ["readers"], "token_ttl": "10m", "secret_id_num_uses": 1}
    )
    role_id = bank.ok("GET", "auth/approle/role/job/role-id")["data"]["role_id"]
    secret = bank.ok("POST", "auth/approle/role/job/secret-id", {})["data"]["secret_id"]
    login = {"role_id": role_id, "secret_id": secret}
    auth = bank.ok("POST", "auth/approle/login", login, token="")["auth"]
    assert (auth["policies"], auth["lease_duration"]) == (["default", "readers"], 600)
    assert bank.get("a", token=auth["client_token"]) == {"value": "v"}
    again = bank.call("POST", "auth/approle/login", login, token="")
    assert (again.status, again.json()) == (400, {"errors": ["invalid role or secret ID"]})


@pytest.mark.parametrize("asked", [{}, {"role_id": "x"}, {"role_id": "x", "secret_id": "y"}, {"role_id": ["x"]}])
def test_approle_refuses_what_does_not_fit(bank: Any, asked: Any) -> None:
    assert bank.call("POST", "auth/approle/login", asked, token="").status == 400


def test_a_secret_id_expires_and_is_of_one_role(bank: Any) -> None:
    for name in ("one", "two"):
        bank.ok("POST", f"auth/approle/role/{name}", {"secret_id_ttl": "60s"})
        bank.ok("POST", f"auth/approle/role/{name}/role-id", {"role_id": name})
    secret = bank.ok("POST", "auth/approle/role/one/secret-id", {})["data"]["secret_id"]
    assert bank.call("POST", "auth/approle/login", {"role_id": "two", "secret_id": secret}, token="").status == 400
    assert bank.call("POST", "auth/approle/login", {"role_id": "one", "secret_id": secret}, token="").status == 200
    bank.clock.turn(61)
    assert bank.call("POST", "auth/approle/login", {"role_id": "one", "secret_id": secret}, token="").status == 400


def test_a_role_promises_nothing_that_we_do_not_hold(bank: Any) -> None:
    for asked in ({"token_bound_cidrs": ["10.0.0.0/8"]}, {"bind_secret_id": False}, {"token_policies": "root"}):
        assert bank.call("POST", "auth/approle/role/x", asked).status == 400
    assert bank.call("GET", "auth/approle/role/x").status == 404
