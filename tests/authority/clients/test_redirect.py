"""Where a client may be answered: to the letter, but for the port of a native program (RFC 8252 section 7.3)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.authority.clients.development import DEMO
from ringwall.authority.clients.redirect import may_answer_at, may_go_on_to

APPLICATION = dataclasses.replace(DEMO, kind="application")


@given(port=st.integers(1, 65535), host=st.sampled_from(["127.0.0.1", "[::1]"]))
def test_a_native_program_may_listen_at_any_port(port: int, host: str) -> None:
    assert may_answer_at(DEMO, f"http://{host}:{port}/callback")
    assert may_go_on_to(DEMO, f"http://{host}:{port}/")
    assert not may_answer_at(APPLICATION, f"http://{host}:{port}/callback")


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://127.0.0.1:9000/",
        "http://127.0.0.1:9000/callback/",
        "http://127.0.0.1:9000/callback?x=1",
        "http://127.0.0.1:9000/callback#x",
        "http://127.0.0.1:9000/callback\n",
        "http://127.0.0.1:9000/../callback",
        "http://127.0.0.1:9000@evil.example/callback",
        "http://127.0.0.1:9000:80/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:٩٠٠٠/callback",
        "http://127.0.0.1.evil.example:9000/callback",
        "http://evil.example:9000/callback",
        "http://user@127.0.0.1:9000/callback",
        "http://127.0.0.2:9000/callback",
        "http://127.1:9000/callback",
        "http://[::2]:9000/callback",
        "http://localhost:9000/callback",
        "https://127.0.0.1:9000/callback",
        "HTTP://127.0.0.1:9000/callback",
    ],
)
def test_attack_a_port_that_is_more_than_a_port(uri: str) -> None:
    assert not may_answer_at(DEMO, uri)
