"""The exchanges with a vault: what we ask, and that no answer is believed for more than it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Unavailable
from ringwall.secrets import kv
from ringwall.secrets.live import LiveSecret


def answer(value: object, version: object = 3) -> bytes:
    return json.dumps({"data": {"data": value, "metadata": {"version": version}}}).encode()


def test_a_version_is_read() -> None:
    found = kv.was_read(200, answer({"value": "k3y-of-receipts"}), "orders/receipts")
    assert found is not None
    assert (found.value.reveal(), found.number) == ("k3y-of-receipts", 3)
    assert "k3y" not in repr(found)


def test_what_is_not_there_is_none() -> None:
    assert kv.was_read(404, b'{"errors":[]}', "orders/receipts") is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b"{}"),
        (500, b"{}"),
        (503, b""),
        (200, b""),
        (200, b"[]"),
        (200, b"not json"),
        (200, b'{"data":null}'),
        (200, answer(None)),
        (200, answer({})),
        (200, answer({"value": 7})),
        (200, answer({"a": "x", "b": "y"})),
        (200, answer({"value": "x"}, "3")),
        (200, answer({"value": "x"}, True)),
    ],
)
def test_any_other_answer_is_no_value(status: int, body: bytes) -> None:
    with pytest.raises(Unavailable, match="vault|secret"):
        kv.was_read(status, body, "orders/receipts")


@given(st.integers(100, 599), st.binary(max_size=200))
def test_reading_an_answer_is_total(status: int, body: bytes) -> None:
    for read in (lambda: kv.was_read(status, body, "a/b"), lambda: kv.logged_in(status, body)):
        try:
            read()
        except Unavailable as error:
            assert error.message


def test_a_path_cannot_leave_its_place_by_its_characters() -> None:
    assert kv.read("orders/a b?c#d%2f")[1] == "/v1/secret/data/orders/a%20b%3Fc%23d%252f"


def test_the_first_version_never_replaces_another() -> None:
    method, path, body = kv.create("orders/receipts", "x")
    assert (method, path) == ("POST", "/v1/secret/data/orders/receipts")
    assert json.loads(body)["options"] == {"cas": 0}


def test_a_live_secret_follows_and_never_shows() -> None:
    values = iter(("first-version", "second-version"))
    live = LiveSecret(lambda: next(values))
    assert (live.reveal(), live.reveal()) == ("first-version", "second-version")
    assert f"{live} {live!r}" == "••• •••"
