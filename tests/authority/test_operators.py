"""The operators' socket: the kernel says who asks."""

from __future__ import annotations

import json
import os

import pytest

from ringwall.audit import chain


def ask(world, method, path, uid=None, **how):
    return world.call(world.operator, method, path, uid=os.getuid() if uid is None else uid, **how)


def revoke(world, **fields):
    return ask(world, "POST", "/revocations", body=json.dumps(fields).encode())


def test_only_the_authoritys_own_user_root_and_configured_operators(world):
    assert ask(world, "GET", "/health").json()["issuer"] == "http://localhost:8400"
    assert ask(world, "GET", "/health", uid=0).status == 200
    assert ask(world, "GET", "/health", uid=54321).status == 403
    assert world.call(world.operator, "GET", "/health").status == 403  # no unix socket, nobody


def test_an_operator_revokes(world):
    token = world.redeem(world.code()).json()["access_token"]
    answer = revoke(world, kind="sub", value="ann", reason="laptop stolen")
    assert answer.status == 201
    assert not world.active(token)
    event = world.events()[-1]
    assert event["actor"] == f"operator:{os.getuid()}"
    assert event["detail"] == {"kind": "sub", "reason": "laptop stolen"}


def test_an_operator_cuts_a_signing_key(world):
    kid = world.authority.keys.current().kid
    assert revoke(world, kind="key", value=kid).status == 201
    assert world.authority.keys.current().kid != kid
    assert world.authority.keys.current().kid in world.authority.keys.jwks().decode()


@pytest.mark.parametrize(
    "fields",
    [{}, {"kind": "user"}, {"kind": "sub"}, {"kind": "all", "value": "x"}, {"kind": "sub", "value": 1}],
    ids=repr,
)
def test_what_is_no_revocation(world, fields):
    assert revoke(world, **fields).status == 400


def test_the_audit_log_is_read_in_pages_that_can_be_verified(world):
    rows = ask(world, "GET", "/audit").json()
    assert json.loads(rows[0]["body"])["kind"] == "key.created"
    chain.verify((row["seq"], row["body"].encode(), bytes.fromhex(row["hash"])) for row in rows)
    last = rows[-1]["seq"]
    assert ask(world, "GET", "/audit", query=f"after={last}").json() == []
    assert ask(world, "GET", "/audit", query="after=x").status == 400
