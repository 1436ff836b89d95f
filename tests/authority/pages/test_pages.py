"""Login, consent and logout at the authority, and the ways to abuse them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from ringwall.authority.authority import Authority
from ringwall.authority.people import sessions
from ringwall.store import ledger, revocations

pytestmark = pytest.mark.anyio
CALLBACK, ISSUER = "http://shop.localhost:8401/callback", "http://localhost:8400"


def answered(response: Any) -> dict[str, str]:
    from urllib.parse import parse_qsl, urlsplit

    assert response.status_code == 303, response.text
    assert response.headers["location"].startswith(CALLBACK)
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


async def test_a_login_ends_in_one_code_with_state_and_issuer(browser: Any, authority: Authority) -> None:
    told = answered(await browser.log_in())
    assert told["state"] == "st4te"
    assert told["iss"] == ISSUER
    assert len(told["code"]) == 43


async def test_the_second_login_of_the_day_is_a_redirect(browser: Any) -> None:
    await browser.log_in()
    assert "code" in answered(await browser.ask())
    assert (await browser.ask(prompt="login")).status_code == 200
    assert (await browser.ask(max_age="0")).status_code in (200, 303)


async def test_prompt_none_never_shows_a_page(browser: Any) -> None:
    assert answered(await browser.ask(prompt="none"))["error"] == "login_required"
    await browser.log_in()
    assert answered(await browser.ask(client_id="demo", prompt="none"))["error"] == "consent_required"


async def test_a_wrong_password_and_an_unknown_name_look_the_same(browser: Any) -> None:
    page = await browser.ask()
    wrong = await browser.send(page, name="ann", password="no")
    nobody = await browser.send(page, name="nobody", password="no")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace("ann", "") == nobody.text.replace("nobody", "")
    assert 'role="alert"' in wrong.text


async def test_an_unknown_name_takes_as_long_as_a_known_one(browser: Any) -> None:
    page = await browser.ask()

    async def seconds(name: str) -> float:
        start = time.perf_counter()
        await browser.send(page, name=name, password="no")
        return time.perf_counter() - start

    await seconds("ann")
    known, unknown = await seconds("ann"), await seconds("nobody")
    # One argon2 computation is most of either; half of it missing would show as a factor of two and more.
    assert unknown > known / 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "x" * 42}, "invalid_request"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"nonce": "n" * 3000}, "invalid_request"),
    ],
)
async def test_a_wrong_request_is_told_to_its_client(browser: Any, changes: dict[str, str | None], code: str) -> None:
    told = answered(await browser.ask(**changes))
    assert told["error"] == code
    assert told["error_description"]
    assert told["iss"] == ISSUER
    assert told["state"] == "st4te"
    assert "code" not in told


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": CALLBACK.replace("shop.", "shop.evil.")},
        {"redirect_uri": "http://shop.localhost:8401/call%62ack"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": None},
    ],
)
async def test_open_redirect_an_answer_goes_to_a_registered_address_or_nowhere(
    browser: Any, changes: dict[str, str | None]
) -> None:
    await browser.log_in()
    response = await browser.ask(**changes)
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_a_parameter_that_comes_twice_is_refused(browser: Any) -> None:
    page = await browser.client.get("/authorize?client_id=a&client_id=b")
    assert page.status_code == 400
    assert "more than once" in page.text


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://localhost:8401", ISSUER + "/"])
async def test_login_csrf_a_form_of_another_site_logs_nobody_in(browser: Any, origin: str | None) -> None:
    response = await browser.send(await browser.ask(), origin=origin, name="ann", password="ann-dev")
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_login_csrf_sec_fetch_site_is_believed_over_an_origin(browser: Any, site: str) -> None:
    browser.client.headers["sec-fetch-site"] = site
    assert (await browser.log_in()).status_code == 403


async def test_session_fixation_a_login_never_keeps_the_cookie_it_came_with(browser: Any, authority: Authority) -> None:
    name = "ringwall-authority"
    browser.client.cookies.set(name, "A" * 43, domain="localhost.local")
    await browser.log_in()
    first = browser.client.cookies.get(name, domain="localhost.local") or _cookie(browser, name)
    assert first != "A" * 43
    assert await sessions.session(authority, "A" * 43) is None


async def test_a_new_login_ends_the_session_before_it(browser: Any, authority: Authority) -> None:
    await browser.log_in()
    before = _cookie(browser, "ringwall-authority")
    held = await sessions.session(authority, before)
    assert held is not None
    await browser.send(await browser.ask(prompt="login"), name="sue", password="sue-dev")
    assert await sessions.session(authority, before) is None
    assert any(cutoff.value == held.sid for cutoff in authority.store.read(revocations.since, 0))


async def test_consent_is_asked_once_and_a_no_is_told(browser: Any, authority: Authority) -> None:
    page = await browser.log_in(client_id="demo")
    assert "Allow Demo?" in page.text
    assert answered(await browser.send(page, answer="deny"))["error"] == "access_denied"
    page = await browser.ask(client_id="demo")
    assert "code" in answered(await browser.send(page, answer="allow"))
    assert "code" in answered(await browser.ask(client_id="demo"))
    assert "Allow Demo?" in (await browser.ask(client_id="demo", scope="openid profile offline_access")).text
    assert "Allow Demo?" in (await browser.ask(client_id="demo", prompt="consent")).text


async def test_consent_needs_the_person_not_only_the_form(browser: Any, open_browser: Callable[[], Any]) -> None:
    page = await browser.log_in(client_id="demo")
    stranger = open_browser()
    assert (await stranger.send(page, answer="allow")).status_code == 401


async def test_clickjacking_and_script_are_shut_out(browser: Any) -> None:
    page = await browser.ask(login_hint='"><script>alert(1)</script>')
    assert "<script>" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://shop.localhost:8401;" in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"


async def test_logout_asks_without_a_hint_and_ends_everything(browser: Any, authority: Authority) -> None:
    await browser.log_in()
    held = await sessions.session(authority, _cookie(browser, "ringwall-authority"))
    assert held is not None
    asked = {"client_id": "spiffe://ringwall.internal/shop", "post_logout_redirect_uri": "http://shop.localhost:8401/"}
    page = await browser.client.get("/logout", params=asked)
    assert "Log out?" in page.text
    assert (await browser.send(page, origin="https://evil.example")).status_code == 403
    gone = await browser.send(page)
    assert gone.headers["location"] == "http://shop.localhost:8401/"
    assert authority.cutoffs.effective(sid=held.sid) > 0
    assert (await browser.ask()).status_code == 200


async def test_logout_with_a_hint_of_another_session_asks_all_the_same(browser: Any, authority: Authority) -> None:
    await browser.log_in()
    key = authority.keys.current()
    claims = {
        "iss": ISSUER,
        "sub": "ann",
        "aud": "spiffe://ringwall.internal/shop",
        "sid": "another",
        "exp": 1,
        "iat": 1,
    }
    page = await browser.client.get("/logout", params={"id_token_hint": key.sign(claims, "JWT")})
    assert "Log out?" in page.text


@pytest.mark.parametrize("target", ["https://evil.example/", "http://shop.localhost:8401/other", "//evil.example"])
async def test_logout_goes_on_to_registered_addresses_only(browser: Any, target: str) -> None:
    query = {"client_id": "spiffe://ringwall.internal/shop", "post_logout_redirect_uri": target}
    response = await browser.client.get("/logout", params=query)
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_an_idle_or_old_session_is_no_session(browser: Any, authority: Authority) -> None:
    await browser.log_in()
    cookie = _cookie(browser, "ringwall-authority")
    await authority.store.write(_age, 3601)
    assert await sessions.session(authority, cookie) is None


async def test_every_login_and_refusal_is_written_down(browser: Any, authority: Authority) -> None:
    page = await browser.ask()
    await browser.send(page, name="ann", password="wr0ng-passw0rd")
    await browser.send(page, name="my-password-in-the-wrong-field", password="x")
    await browser.send(page, name="ann", password="ann-dev")
    bodies = b"\n".join(body for _, body, _ in authority.store.read(ledger.rows))
    assert bodies.count(b'"login.refused"') == 2
    assert bodies.count(b'"login.succeeded"') == 1
    assert b"wr0ng" not in bodies
    assert b"wrong-field" not in bodies


async def test_the_owner_is_never_locked_out(browser: Any, open_browser: Callable[[], Any]) -> None:
    await browser.log_in()
    attacker = open_browser()
    page = await attacker.ask()
    guesses = [asyncio.create_task(attacker.send(page, name="ann", password=f"guess {n}")) for n in range(40)]
    await asyncio.sleep(0.05)
    start = time.perf_counter()
    assert (await browser.send(await browser.ask(prompt="login"), name="ann", password="ann-dev")).status_code == 303
    assert time.perf_counter() - start < 5
    for guess in guesses:
        guess.cancel()
    await asyncio.gather(*guesses, return_exceptions=True)


async def test_a_disabled_person_is_nobody(browser: Any, authority: Authority) -> None:
    await browser.log_in()
    await authority.store.write(_disable, "ann")
    assert (await browser.ask()).status_code == 200
    assert (await browser.log_in()).status_code == 401
    assert authority.people.find("ann") is None


def _cookie(browser: Any, name: str) -> str:
    return next(cookie.value for cookie in browser.client.cookies.jar if cookie.name == name)


def _age(tx: Any, seconds: int) -> None:
    tx.run("update session set seen = seen - ?", seconds)


def _disable(tx: Any, sub: str) -> None:
    tx.run("update person set disabled = 1 where sub = ?", sub)
