"""The example shop, started as a new user starts it, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


class System:
    """The running example: where the shop is, and the commands that an operator would type beside it.

    It runs in a copy in ``directory``. ``shop`` is more configuration for the shop.
    """

    def __init__(self, directory: Path, shop: str = "") -> None:
        self.directory = directory
        leave_out = shutil.ignore_patterns(".ringwall", "*.db*")
        shutil.copytree(ROOT / "examples", directory / "examples", ignore=leave_out)
        with (directory / "examples" / "shop" / "ringwall.toml").open("a") as configuration:
            configuration.write(shop)
        self.output = directory / "output.txt"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ringwall", "up", "--example"],
                cwd=directory,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self.shop = self._wait_for(r"The shop is open: (\S+)")
        self.authority = self._wait_for(r"The authority runs at (\S+);")
        self.orders = self._wait_for(r"orders listens at (\S+)")

    def run(self, *arguments: str, status: int = 0) -> str:
        """``ringwall …`` in the directory of the example; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "ringwall", *arguments],
            cwd=self.directory / "examples",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def _wait_for(self, pattern: str) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.output.read_text()):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"no {pattern!r} in:\n{self.output.read_text()}")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    # Not below pytest's own directory: a Unix socket's path has at most 107 bytes.
    started = System(tmp_path_factory.mktemp("s"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def browser(stranger: Callable[[str], str]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=stranger("chromium"), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    contexts = []

    def make() -> Page:
        context = browser.new_context()
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    return new_page()
