"""The story of the README, clicked through in Chromium against the system that ``make up`` starts."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import System

pytestmark = pytest.mark.xdist_group("story")


def log_in(page: Page, system: System, name: str, path: str = "/") -> None:
    page.goto(system.shop + path)
    expect(page).to_have_title("Log in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(f"{name}-dev")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#who")).to_contain_text(name)


def place_order(page: Page, system: System) -> tuple[int, str]:
    page.goto(system.shop)
    page.get_by_role("button", name="Place the order").click()
    heading = page.get_by_role("heading", name=re.compile(r"Order \d+ is placed"))
    expect(heading).to_be_visible()
    number = re.search(r"\d+", heading.inner_text())
    assert number is not None
    return int(number[0]), page.locator("#receipt").inner_text()


def is_data(path: Path) -> bool:
    return path.is_file() and (".ringwall" in path.parts or ".db" in path.suffixes)


def test_the_whole_story(system: System, page: Page, new_page: Callable[[], Page]) -> None:
    # ann logs in, places an order, and sees it.
    log_in(page, system, "ann")
    number, receipt = place_order(page, system)
    page.goto(f"{system.shop}/orders/{number}")
    expect(page.get_by_role("heading", name=f"Order {number}")).to_be_visible()

    # She is refused sue's, and reads the rule that refused, with its values.
    page.goto(f"{system.shop}/orders/1")
    why = page.locator("#why")
    expect(why).to_contain_text("'Owners read their orders; support reads the orders of its region.'")
    expect(why).to_contain_text("✗ caller.id == order.owner            'ann' == 'sue'")
    expect(why).to_contain_text("to allow: be sue")
    decision = page.locator("#decision").inner_text()

    # The operator reads the same, by the id that ann was shown.
    explained = system.run("why", decision)
    assert "'ann' == 'sue'" in explained

    # max is a manager: he may.
    other = new_page()
    log_in(other, system, "max")
    other.goto(f"{system.shop}/orders/1")
    expect(other.get_by_role("heading", name="Order 1")).to_be_visible()

    # The card number is ciphertext in the database.
    page.goto(f"{system.shop}/database")
    expect(page.get_by_role("table")).to_be_visible()
    assert "4111111111111111" not in page.content()
    with sqlite3.connect(system.directory / "examples" / "orders" / "orders.db") as database:
        stored = [bytes(card) for (card,) in database.execute("select card from orders")]
    assert len(stored) >= 2
    assert not any(b"4111" in card or b"5555" in card for card in stored)

    # orders called billing over mutual TLS, for ann.
    page.goto(f"{system.shop}/charges")
    row = page.get_by_role("row").filter(has_text=str(number)).first
    expect(row).to_contain_text("ann")
    expect(row).to_contain_text("orders ← shop")

    # The key that signs receipts is rotated while everything runs.
    system.run("secret", "rotate", "orders/receipts")
    deadline = time.monotonic() + 10
    while place_order(page, system)[1] == receipt and time.monotonic() < deadline:
        time.sleep(0.5)
    assert len(system.run("secret", "history", "orders/receipts").splitlines()) >= 2

    # She logs out; her session is over everywhere.
    before = page.context.cookies()
    page.goto(system.shop)
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_title("Log in")
    thief = new_page()
    thief.context.add_cookies(before)  # type: ignore[arg-type]
    thief.goto(system.shop)
    expect(thief).to_have_title("Log in")
    assert "INTACT" in system.run("audit", "verify")

    # Nothing of what was secret on the way lies in any log, database, snapshot or dump that all this left behind.
    receipts = system.run("secret", "get", "orders/receipts", "--show").strip()
    cookies = [cookie["value"] for cookie in before if "value" in cookie]
    left_behind = [system.output, *(path for path in system.directory.glob("examples/**/*") if is_data(path))]
    assert len(left_behind) > 10
    for path in left_behind:
        content = path.read_bytes()
        for secret in ("4111111111111111", receipts, *cookies, "eyJhbGciOi"):
            assert secret.encode() not in content, f"{secret[:4]}… is in {path}"


def test_a_wrong_password_says_so_and_keeps_the_name(system: System, page: Page) -> None:
    page.goto(system.shop)
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("ann")
    expect(page.get_by_label("Password")).to_be_focused()


def test_two_tabs_log_in_at_once(system: System, page: Page) -> None:
    other = page.context.new_page()
    page.goto(f"{system.shop}/charges")
    other.goto(f"{system.shop}/database")
    for tab in (page, other):
        tab.get_by_label("Name").fill("ann")
        tab.get_by_label("Password").fill("ann-dev")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{system.shop}/charges")
    other.get_by_role("button", name="Log in").click()
    expect(other).to_have_url(f"{system.shop}/database")


def test_the_back_button_after_logout_shows_nothing_private(system: System, page: Page) -> None:
    log_in(page, system, "ann")
    page.goto(f"{system.shop}/charges")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_title("Log in")
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile("/charges|/authorize"))
    expect(page).to_have_title("Log in")
    expect(page.get_by_role("table")).to_have_count(0)


def test_keyboard_alone(system: System, page: Page) -> None:
    page.goto(system.shop)
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type("ann-dev")
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_contain_text("ann")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Place the order":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("is placed"))).to_be_visible()


def test_an_order_from_another_site_is_refused(system: System, page: Page) -> None:
    log_in(page, system, "ann")
    page.goto(system.authority)
    page.evaluate(
        """url => { const form = document.createElement("form"); form.method = "post"; form.action = url;
        document.body.append(form); form.submit() }""",
        f"{system.shop}/orders",
    )
    page.wait_for_timeout(500)
    assert "is placed" not in page.content()
