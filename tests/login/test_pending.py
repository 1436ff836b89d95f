from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.login.cookie import Cookies
from ringwall.login.pending import open_pending, seal_pending
from ringwall.login.refusal import LoginRefused

KEY = os.urandom(32)
SHOP = Cookies("shop", secure=True)


def test_an_attempt_comes_back_from_its_cookie(voice):
    _, pending = voice.start()
    name = SHOP.attempt(pending.state)
    value = seal_pending(pending, KEY, name)
    assert open_pending(value, KEY, name) == pending
    assert len(value) < 1500
    for secret in (pending.verifier, pending.nonce, pending.state):
        assert secret not in value
        assert secret.encode() not in base64.urlsafe_b64decode(value + "===")


def test_cookie_tampering_every_changed_byte_is_refused(voice):
    _, pending = voice.start()
    name = SHOP.attempt(pending.state)
    raw = base64.urlsafe_b64decode(seal_pending(pending, KEY, name) + "===")
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(LoginRefused):
            open_pending(base64.urlsafe_b64encode(changed).rstrip(b"=").decode(), KEY, name)


def test_an_attempt_in_another_attempts_cookie_is_refused(voice):
    (_, one), (_, two) = voice.start(), voice.start()
    value = seal_pending(one, KEY, SHOP.attempt(one.state))
    with pytest.raises(LoginRefused):
        open_pending(value, KEY, SHOP.attempt(two.state))


def test_the_attempt_of_another_service_is_refused(voice):
    _, pending = voice.start()
    other = Cookies("orders", secure=True)
    value = seal_pending(pending, KEY, other.attempt(pending.state))
    with pytest.raises(LoginRefused):
        open_pending(value, KEY, SHOP.attempt(pending.state))
    with pytest.raises(LoginRefused):
        open_pending(value, os.urandom(32), other.attempt(pending.state))


@settings(max_examples=80)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: base64.urlsafe_b64encode(b).decode()))
def test_garbage_is_refused(value: str):
    with pytest.raises(LoginRefused):
        open_pending(value, KEY, "name")


def test_an_endless_cookie_is_refused():
    with pytest.raises(LoginRefused):
        open_pending("A" * 5000, KEY, "name")
