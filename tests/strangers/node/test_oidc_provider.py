"""Our relying party against the certified provider of npm, over the network: login, session, renewal, logout."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx2
import pytest

from ringwall.login.client import Client
from ringwall.login.place import Origins
from ringwall.login.session import Renewal, key_of, open_session
from ringwall.login.web import WebRequest, WebResponse
from ringwall.on.login import Keeping, Login, OtherProvider
from ringwall.secret import Secret
from ringwall.settings import Sessions
from ringwall.store.session_file import FileSessions
from ringwall.tokens.principal import Naming

pytestmark = pytest.mark.peer("node")

HOST = "shop.localhost:8000"
ORIGIN = f"http://{HOST}"
SECRET = "s3cret:/+%"
KEY = os.urandom(32)
NAMING = Naming("ringwall.internal", provider="stranger", attributes={"region": "region"})


class ShiftedClock:
    ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def steady(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture(scope="module")
def issuer(node_program: Callable[[Path], list[str]]) -> Iterator[str]:
    command = [*node_program(Path(__file__).with_name("oidc_provider.mjs")), f"{ORIGIN}/callback", f"{ORIGIN}/"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            yield next(json.loads(line)["issuer"] for line in lines if line.startswith("{"))
        finally:
            process.kill()


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def store(tmp_path) -> Iterator[FileSessions]:
    sessions = FileSessions(tmp_path / "sessions.db")
    yield sessions
    sessions.close()


@pytest.fixture
def login(issuer: str, clock: ShiftedClock, store: FileSessions) -> Login:
    stranger = OtherProvider(
        name="stranger",
        issuer=lambda: issuer,
        client=Client("shop", ("openid", "profile"), "basic"),
        caller=NAMING.caller,
        secret=lambda: Secret(SECRET),
    )
    keeping = Keeping(
        store=store,
        key=KEY,
        lifetimes=Sessions(),
        is_revoked=lambda caller, issued: False,
        background=lambda work: work.close(),
        clock=clock,
    )
    origins = Origins("", development=True)
    return Login("shop", [stranger], origins, keeping, development=True, record=lambda event: None)


class Browser:
    """Keeps our cookies and the provider's, and fills in the provider's own forms."""

    def __init__(self, login: Login) -> None:
        self.login = login
        self.ours: dict[str, str] = {}
        self.theirs = httpx2.Client(trust_env=False, timeout=10)

    def ask(self, method: str, url: str) -> WebResponse:
        parts = urlsplit(url)
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        request = WebRequest(method, "http", HOST, parts.path, parts.query, headers, self.ours, b"", "127.0.0.1")
        response = asyncio.run(self.login.handle(request))
        for name, value in response.headers:
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.ours[cookie] = content
        return response

    def walk(self, url: str, **person: str) -> str:
        """Follow the provider from ``url``, through its forms, until it leads back to us."""
        form: dict[str, str] = {}
        for _ in range(12):
            response = self.theirs.post(url, data=form) if form else self.theirs.get(url)
            if response.is_redirect:
                url, form = str(response.next_request.url), {}
                if url.startswith(ORIGIN):
                    return url
                continue
            assert response.status_code == 200, response.text
            url = str(response.url.join(re.search(r'action="([^"]+)"', response.text)[1]))
            form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.text)) | person
            form.setdefault("logout", "yes")
        raise AssertionError("the provider does not lead back")

    def log_in(self) -> WebResponse:
        started = self.ask("GET", "/login?next=/orders")
        assert started.status == 303, started.body
        return self.ask("GET", self.walk(dict(started.headers)["location"], login="ann", password="any"))

    def session(self) -> Any:
        return self.login.session(self.ours)


@pytest.fixture
def browser(login: Login) -> Iterator[Browser]:
    one = Browser(login)
    yield one
    one.theirs.close()


def test_discovery_login_session_renewal_logout(browser, login, clock, store, issuer):
    response = browser.log_in()
    assert (response.status, dict(response.headers)["location"]) == (303, "/orders"), response.body
    caller = browser.session().caller
    assert (caller.id, caller.region, caller.issuer, caller.proof) == ("stranger|ann", "eu", issuer, "session")

    key = key_of(browser.ours["ringwall-shop"])
    first = open_session(store.read(key).sealed, KEY, key)
    clock.ahead = 601.0
    found = browser.session()
    assert isinstance(found, Renewal)
    assert asyncio.run(login.renew(found)).caller.id == "stranger|ann"
    renewed = open_session(store.read(key).sealed, KEY, key)
    assert renewed.refresh_token != first.refresh_token
    assert browser.session().caller.id == "stranger|ann"

    page = browser.ask("POST", "/logout").body.decode()
    assert browser.session() is None
    assert refresh(issuer, renewed.refresh_token).json()["error"] == "invalid_grant"
    there = re.search(r'<a href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert browser.walk(there) == f"{ORIGIN}/"


def test_a_code_that_was_redeemed_is_worth_nothing(browser, login, store):
    started = browser.ask("GET", "/login")
    link = browser.walk(dict(started.headers)["location"], login="sue", password="any")
    attempt = dict(browser.ours)
    assert browser.ask("GET", link).status == 303
    thief = Browser(login)
    thief.ours = {name: value for name, value in attempt.items() if "-login-" in name}
    assert thief.ask("GET", link).status == 400
    assert thief.session() is None
    thief.theirs.close()


def test_a_refresh_token_that_comes_twice_ends_the_session(browser, login, clock, store, issuer):
    browser.log_in()
    key = key_of(browser.ours["ringwall-shop"])
    stolen = open_session(store.read(key).sealed, KEY, key).refresh_token
    assert refresh(issuer, stolen).status_code == 200
    clock.ahead = 601.0
    assert asyncio.run(login.renew(browser.session())) is None
    assert browser.session() is None


def refresh(issuer: str, token: str) -> httpx2.Response:
    """Use a refresh token as a thief would who has the client's secret too."""
    with httpx2.Client(trust_env=False) as client:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return client.post(f"{issuer}/token", data=form, auth=("shop", quote_plus(SECRET)))
