"""Every page, held against axe-core in light and in dark, and on a narrow phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import System

pytestmark = pytest.mark.xdist_group("story")

LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
}
DEMO = {
    "client_id": "demo",
    "redirect_uri": "http://127.0.0.1:51236/callback",
    "response_type": "code",
    "scope": "openid profile offline_access",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",  # RFC 7636 appendix B
    "code_challenge_method": "S256",
}


@pytest.fixture(params=LOOKS)
def page(request: Any, browser: Browser) -> Iterator[Page]:
    # axe-core is a script, which the pages' own policy rightly refuses.
    context = browser.new_context(bypass_csp=True, **LOOKS[request.param])
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def check(page: Page, node_home: Path) -> Callable[[str], None]:
    """``check(what)``: the page that is shown has nothing serious against it, and does not scroll sideways."""
    axe = node_home / "node_modules" / "axe-core" / "axe.min.js"

    def look(what: str) -> None:
        page.add_script_tag(path=axe)
        found = page.evaluate("axe.run()")
        assert found["passes"], "axe looked at nothing"
        grave = [
            f"{finding['id']}: {finding['help']} at {[node['html'] for node in finding['nodes']]}"
            for finding in found["violations"]
            if finding["impact"] in ("serious", "critical")
        ]
        assert not grave, f"{what}: {grave}"
        # A phone shows a page that is too wide in a wider window, so the window's own width would say nothing.
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert page.viewport_size is not None
        assert wide <= page.viewport_size["width"], f"{what} is {wide} px wide"

    return look


def log_in(page: Page, system: System) -> None:
    page.goto(system.shop)
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("ann-dev")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#who")).to_contain_text("ann")


def test_the_pages_of_the_authority(system: System, page: Page, check: Callable[[str], None]) -> None:
    page.goto(system.authority)
    check("the front page")
    page.goto(f"{system.authority}/authorize?client_id=nobody")
    check("the error page")
    page.goto(f"{system.authority}/authorize?{urlencode(DEMO)}")
    check("the login page")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check("the login page after a mistake")
    page.get_by_label("Password").fill("ann-dev")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Allow Demo?")).to_be_visible()
    check("the consent page")
    page.goto(f"{system.authority}/logout")
    check("the logout page")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()
    check("the page after a logout")


def test_the_pages_of_the_shop(system: System, page: Page, check: Callable[[str], None]) -> None:
    log_in(page, system)
    for path in ("/", "/charges", "/database", "/nowhere"):
        page.goto(system.shop + path)
        check(path)
    page.goto(f"{system.shop}/orders/1")
    expect(page.locator("#why")).to_be_visible()
    check("the refusal")


def test_the_pages_of_an_order(system: System, page: Page, check: Callable[[str], None]) -> None:
    log_in(page, system)
    page.get_by_role("button", name="Place the order").click()
    expect(page.locator("#receipt")).to_be_visible()
    check("the receipt")
    page.get_by_role("link", name="See the order").click()
    expect(page.get_by_role("button", name="Delete this order")).to_be_visible()
    check("an order")


def test_the_way_back_to_a_native_program_is_open_on_ipv6(system: System, browser: Browser) -> None:
    """A content security policy cannot name an IPv6 address; the redirect after a form must pass all the same."""
    context = browser.new_context()
    page = context.new_page()
    seen: list[str] = []
    context.on("request", lambda request: seen.append(request.url))
    page.goto(f"{system.authority}/authorize?{urlencode({**DEMO, 'redirect_uri': 'http://[::1]:51236/callback'})}")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("ann-dev")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Allow", exact=True).click(no_wait_after=True)
    with context.expect_event("request", lambda request: "[::1]" in request.url, timeout=10_000):
        pass
    context.close()
