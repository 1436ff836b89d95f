"""A service fetches its own set, and nobody else's."""

from __future__ import annotations

import json

import pytest

from ringwall.authority.app import App
from ringwall.authority.operators import operator_app
from ringwall.authority.policies import push
from ringwall.authority.routes import OAUTH, SERVICES
from ringwall.tokens.policy_statement import digest, verify

FILES = {"orders.cedar": "permit (principal, action, resource);"}


@pytest.fixture
def pushed(world):
    body = json.dumps({"name": "orders", "files": FILES}).encode()
    assert world.call(operator_app(world.authority, push.ROUTES), "POST", "/policies", body=body, uid=0).status == 201
    return App(world.authority, {**OAUTH, **SERVICES})


def test_the_statement_names_the_service_the_version_and_the_files(world, pushed):
    answer = world.call(pushed, "GET", "/policies", service="orders").json()
    assert answer["files"] == FILES
    authority = world.authority
    statement = verify(
        answer["statement"],
        authority.keys.verifying(),
        issuer=authority.settings.issuer,
        audience="orders",
        now=world.clock.now(),
    )
    assert (statement.version, statement.digest) == (1, digest(FILES))


def test_files_that_are_known_are_not_sent_again(world, pushed):
    known = world.call(pushed, "GET", "/policies", service="orders", query=f"known={digest(FILES)}").json()
    assert set(known) == {"statement"}
    other = world.call(pushed, "GET", "/policies", service="orders", query="known=other").json()
    assert other["files"] == FILES


def test_no_service_reads_the_policies_of_another(world, pushed):
    answer = world.call(pushed, "GET", "/policies", service="billing", query="name=orders")
    assert answer.status == 404
    assert b"permit" not in answer.body


def test_nobody_without_a_certificate_reads_any(world, pushed):
    assert world.call(pushed, "GET", "/policies").status == 401
    assert world.call(App(world.authority, OAUTH), "GET", "/policies", service="orders").status == 404


def test_the_default_set_is_not_handed_out(world, pushed):
    body = json.dumps({"name": "default", "files": FILES}).encode()
    world.call(operator_app(world.authority, push.ROUTES), "POST", "/policies", body=body, uid=0)
    assert world.call(pushed, "GET", "/policies", service="billing").status == 404
