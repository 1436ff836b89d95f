"""Take the pictures of the README anew: ``python docs/images/take.py``, while ``make up`` runs in another terminal."""

import json
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SHOP = HERE.parent.parent / "examples" / ".ringwall" / "services" / "shop" / "address.json"
SIZE = {"width": 800, "height": 620}


def main() -> None:
    shop = json.loads(SHOP.read_text())["public"]
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport=SIZE, device_scale_factor=1.5, color_scheme="light").new_page()
        page.goto(shop)
        page.get_by_label("Name").fill("ann")
        take(page, "login")
        page.get_by_label("Password").fill("ann-dev")
        page.get_by_role("button", name="Log in").click()
        page.goto(f"{shop}/orders/1")
        take(page, "refusal")
        browser.close()


def take(page: Page, name: str) -> None:
    page.screenshot(path=HERE / f"{name}.png", animations="disabled", caret="hide")


if __name__ == "__main__":
    main()
