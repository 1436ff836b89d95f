"""A shop where nobody stays logged in for longer than three seconds of silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from .conftest import System

pytestmark = pytest.mark.xdist_group("story")

IDLE = 3


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    started = System(tmp_path_factory.mktemp("s"), shop=f'\n[sessions]\nidle = "{IDLE}s"\n')
    yield started
    started.stop()


def test_a_session_past_its_idle_time_is_over(system: System, page: Page, new_page: Callable[[], Page]) -> None:
    page.goto(system.shop)
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("ann-dev")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#who")).to_contain_text("ann")
    (cookie,) = [held for held in page.context.cookies(system.shop) if held["httpOnly"] and len(held["value"]) == 43]

    # Whoever has the cookie is logged in, and stays so as long as they do something.
    other = new_page()
    other.context.add_cookies([cookie])  # type: ignore[list-item]
    for _ in range(2 * IDLE):
        other.wait_for_timeout(700)
        other.goto(f"{system.shop}/charges")
        expect(other.locator("#who")).to_contain_text("ann")

    # Then they do nothing for a while, and the cookie is worth nothing.
    other.wait_for_timeout(1000 * (IDLE + 1))
    other.goto(f"{system.shop}/charges")
    expect(other).to_have_title("Log in")

    # The person's own browser still has its session at the authority: they come back with a new session of the shop.
    page.goto(f"{system.shop}/charges")
    expect(page.locator("#who")).to_contain_text("ann")
    assert cookie["value"] not in {held["value"] for held in page.context.cookies(system.shop)}
