"""Attacks on the login pages: consent that nobody gave, sessions that outlive their end, and doors held shut."""

from __future__ import annotations

import asyncio
import json
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.authority.pages.conftest import ISSUER, SHOP

from ringwall.authority import revocation, services
from ringwall.authority.pages import authorize, pages
from ringwall.authority.people import password, sessions
from ringwall.authority.people.password import Passwords
from ringwall.authority.people.throttle import Throttle
from ringwall.clock import SYSTEM
from ringwall.errors import Unavailable
from ringwall.store import ledger

pytestmark = pytest.mark.anyio


def answered(response) -> dict[str, list[str]]:
    return parse_qs(urlsplit(response.headers["location"]).query)


@pytest.mark.parametrize("scope", [" ", "\t", "  \n "])
async def test_attack_a_scope_of_nothing_needs_no_consent(browser, scope) -> None:
    """The empty set is a part of whatever was agreed to, and its token still has roles in it."""
    await browser.log_in()
    answer = answered(await browser.ask(client_id="demo", scope=scope))
    assert answer["error"] == ["invalid_scope"]
    assert "code" not in answer


@pytest.mark.parametrize(("kind", "value"), [("sub", "ann"), ("all", ""), ("sid", None)])
async def test_attack_a_browser_session_that_survives_its_revocation(browser, authority, kind, value) -> None:
    """Who stole the cookie would have new tokens at the next click."""
    await browser.log_in()
    if value is None:
        ((value,),) = authority.store.read(lambda reader: reader.all("select sid from session"))
    await revocation.revoke(authority, kind, value, actor="operator:0", reason="stolen")
    assert 'name="password"' in (await browser.ask()).text


async def test_attack_another_person_s_session_stays(browser, authority) -> None:
    await browser.log_in("sue")
    await revocation.revoke(authority, "sub", "ann", actor="operator:0", reason="stolen")
    assert "code" in answered(await browser.ask())


async def test_attack_a_code_asked_for_while_the_session_ends(browser, authority, monkeypatch) -> None:
    """The logout ends every grant that is there; this one is not yet."""
    await browser.log_in()
    create = authorize.codes.create

    async def logout_first(made, **grant):
        await sessions.end(made, grant["sid"], reason="logout")
        return await create(made, **grant)

    monkeypatch.setattr(authorize.codes, "create", logout_first)
    response = await browser.ask()
    assert response.status_code == 401
    assert "location" not in response.headers


async def test_attack_a_crowd_of_strangers_before_the_owner_s_own_browser(monkeypatch) -> None:
    passwords, free = Passwords(lanes=1), threading.Event()
    monkeypatch.setattr(passwords, "_matches", lambda *_: free.wait(10))
    crowd = [asyncio.create_task(passwords.verify(None, "guess")) for _ in range(password._WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await passwords.verify(None, "guess")
    owner = asyncio.create_task(passwords.verify("hash", "right", known=True))
    await asyncio.sleep(0)
    free.set()
    assert await owner
    await asyncio.gather(*crowd, return_exceptions=True)
    passwords.close()


async def test_attack_guesses_that_wait_for_nobody(authority, browser) -> None:
    """A burst whose browsers have left would hold the owner's place for an hour."""
    throttle: Throttle = authority.people._throttle
    for _ in range(8):
        async with throttle.attempt("ann", "10.0.0.1", None):
            pass
    asked = (await browser.ask()).request.url.query.decode()
    body = urlencode({"request": asked, "name": "ann", "password": "guess"}).encode()
    left = asyncio.Event()
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        if (message := next(messages, None)) is not None:
            return message
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(_message) -> None:
        pass

    headers = [(b"origin", ISSUER.encode()), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/login",
        "query_string": b"",
        "headers": headers,
        "client": ("10.0.0.1", 1),
        "server": ("localhost", 8400),
        "scheme": "http",
        "root_path": "",
    }
    attempt = asyncio.create_task(pages(authority, authority.people)(scope, receive, send))
    while not any(count.turn.locked() for count in throttle._counts.values()):
        await asyncio.sleep(0.01)
    left.set()
    async with asyncio.timeout(0.4):
        await attempt
    assert not any(count.waiting for count in throttle._counts.values())


@pytest.mark.parametrize(
    "uri",
    [
        "http://x;script-src *;y.localhost/callback",
        "http://x;frame-ancestors *;.localhost/callback",
        "http://x,y.localhost/callback",
        "http://x'y.localhost/callback",
        "http://[::1%25;script-src]/callback",
        'http://localhost/"onload="x',
        "http://localhost/<script>",
        "http://localhost/ x",
        "http://user@localhost/",
        "http://localhost/#code",
        "http://localhost\\@evil.example/",
    ],
)
def test_attack_an_address_that_writes_into_the_page_s_policy(uri) -> None:
    assert not services.is_local(uri)


@pytest.mark.parametrize(
    "uri", ["http://shop.localhost:8401/callback", "http://[::1]:9/a?b=c%20d", "https://127.0.0.1/"]
)
def test_an_address_on_this_machine(uri) -> None:
    assert services.is_local(uri)


async def test_attack_a_page_in_a_frame_a_cache_or_another_site_s_form(browser) -> None:
    page = await browser.ask(client_id=SHOP)
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    for origin in ("https://evil.example", "null", "http://localhost:8401"):
        assert (await browser.send(page, origin, name="ann", password="ann-dev")).status_code == 403
    assert (await browser.send(page, None, name="ann", password="ann-dev")).status_code == 403


@pytest.mark.parametrize(
    ("one", "other"),
    [("::ffff:192.0.2.1", "::ffff:198.51.100.1"), ("192.0.2.1", "198.51.100.1"), ("2001:db8::1", "2001:db8:0:1::1")],
)
async def test_attack_wrong_passwords_for_which_the_whole_internet_waits(one, other) -> None:
    """A listener for both families sees IPv4 as ``::ffff:…``, which is all of it in one /64."""
    throttle = Throttle(SYSTEM)
    for number in range(40):
        attempt = asyncio.create_task(_try(throttle, f"nobody{number}", one))
        await asyncio.sleep(0)
        if not attempt.done():
            attempt.cancel()
    async with asyncio.timeout(0.2):
        await _try(throttle, "ann", other)


async def _try(throttle: Throttle, name: str, address: str) -> None:
    async with throttle.attempt(name, address, None):
        pass


async def test_a_consent_that_was_denied_is_written_down(browser, authority) -> None:
    page = await browser.log_in(client_id="demo")
    assert answered(await browser.send(page, answer="deny"))["error"] == ["access_denied"]
    rows = authority.store.read(ledger.rows)
    assert any(json.loads(body)["kind"] == "consent.denied" for _, body, _ in rows)
