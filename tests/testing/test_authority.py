"""The ``authority`` and ``clock`` fixtures, used as a user of the plugin uses them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx2
import pytest

from ringwall.testing.authority import PocketAuthority
from ringwall.testing.clock import TurnableClock

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CALLBACK = "http://127.0.0.1:51237/callback"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.anyio
async def test_a_guard_takes_its_tokens(authority: PocketAuthority, http: Any) -> None:
    assert (await http.get("/me")).status_code == 401
    answer = await http.get("/me", headers=bearer(authority.token()))
    assert answer.json() == {"id": "ann", "roles": ["customer"], "region": "eu", "actor": None}
    assert (await http.post("/orders", headers=bearer(authority.token()))).status_code == 200


@pytest.mark.anyio
async def test_a_token_for_anybody(authority: PocketAuthority, http: Any) -> None:
    token = authority.token("zed", roles=["auditor"], region="us")
    answer = await http.get("/me", headers=bearer(token))
    assert answer.json() == {"id": "zed", "roles": ["auditor"], "region": "us", "actor": None}
    assert (await http.post("/orders", headers=bearer(token))).status_code == 403


@pytest.mark.anyio
async def test_theft_a_services_token_is_worth_nothing_without_its_certificate(
    authority: PocketAuthority, http: Any
) -> None:
    for token in (authority.token("ann", actor="shop"), authority.token("spiffe://ringwall.internal/shop")):
        assert (await http.get("/me", headers=bearer(token))).status_code == 401


@pytest.mark.anyio
async def test_what_a_guard_refuses(authority: PocketAuthority, http: Any) -> None:
    tokens = {
        "another audience": authority.token(audience="billing"),
        "expired": authority.token(lifetime=-60),
        "tampered": authority.token()[:-8] + "AAAAAAAA",
    }
    for what, token in tokens.items():
        assert (await http.get("/me", headers=bearer(token))).status_code == 401, what


@pytest.mark.anyio
async def test_time_passes_when_the_clock_is_turned(
    authority: PocketAuthority, clock: TurnableClock, http: Any
) -> None:
    token = authority.token(lifetime=300)
    clock.turn(290)
    assert (await http.get("/me", headers=bearer(token))).status_code == 200
    clock.turn(60)
    assert (await http.get("/me", headers=bearer(token))).status_code == 401


@pytest.mark.anyio
@pytest.mark.parametrize(("kind", "value"), [("sub", "ann"), ("sid", "s1"), ("client", "demo")])
async def test_a_revocation_is_seen_at_once(authority: PocketAuthority, http: Any, kind: Any, value: str) -> None:
    token, other = authority.token(sid="s1"), authority.token("sue", sid="s2", client="other")
    assert (await http.get("/me", headers=bearer(token))).status_code == 200
    authority.revoke(kind, value)
    assert (await http.get("/me", headers=bearer(token))).status_code == 401
    assert (await http.get("/me", headers=bearer(other))).status_code == 200
    assert (await http.get("/me", headers=bearer(authority.token(sid="s1")))).status_code == 200, "a new one holds"


@pytest.mark.anyio
async def test_a_token_of_another_test_means_nothing(
    authority: PocketAuthority, http: Any, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    workshop = request.getfixturevalue("_ringwall_workshop")
    other = PocketAuthority(workshop, tmp_path / "other", authority.clock)
    token = other.token()
    assert other.authority.keys.current().kid != authority.authority.keys.current().kid
    other.close()
    assert (await http.get("/me", headers=bearer(token))).status_code == 401


def test_a_person_logs_in_over_the_network(authority: PocketAuthority) -> None:
    with httpx2.Client(base_url=authority.issuer, headers={"origin": authority.issuer}, trust_env=False) as browser:
        asked = {
            "client_id": "demo", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }  # fmt: skip
        page = browser.get("/authorize", params=asked)
        for path, fields in (("/login", {"name": "sue", "password": "sue-dev"}), ("/consent", {"answer": "allow"})):
            (query,) = re.findall(r'name="request" value="([^"]*)"', page.text)
            page = browser.post(path, data={"request": unescape(query), **fields})
        code = httpx2.URL(page.headers["location"]).params["code"]
        form = {
            "grant_type": "authorization_code", "code": code, "client_id": "demo", "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }  # fmt: skip
        token = browser.post("/token", data=form).json()["access_token"]
        assert browser.get("/userinfo", headers=bearer(token)).json() == {"sub": "sue"}
        authority.revoke("sub", "sue")
        assert browser.get("/userinfo", headers=bearer(token)).status_code == 401


def test_the_clock_jumps_back_and_spans_do_not(clock: TurnableClock) -> None:
    now, steady = clock.now(), clock.steady()
    clock.turn(-100)
    assert (clock.now() - now, clock.steady() - steady) == (-100, 0)
