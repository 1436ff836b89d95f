"""The authority as it runs in development, on real sockets, and a person who logs in at it."""

from __future__ import annotations

import asyncio
import re
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin

import httpx2
import pytest

from ringwall.authority import deployment
from ringwall.authority.authority import Authority
from ringwall.authority.running import Running

T = TypeVar("T")


class System:
    """A running authority. ``run`` does something on its event loop."""

    def __init__(self, directory: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="authority")
        self._thread.start()
        self._running = self.run(Running.start(deployment.development(directory)))
        self.issuer = self._running.deployment.settings.issuer

    @property
    def authority(self) -> Authority:
        return self._running.authority

    def run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(waited(), self._loop).result(30)

    def stop(self) -> None:
        self.run(self._running.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Person:
    """What a person does in a browser, without the drawing: follow, fill in, send, until they leave the authority."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.http = httpx2.Client(headers={"origin": issuer}, trust_env=False)

    def visit(self, url: str) -> httpx2.Response:
        return self.http.get(url, headers={"accept": "text/html"})

    def send(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Send the form of ``page`` with its hidden fields and ``fields``."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None, page.text
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        data = {name: unescape(value) for name, value in hidden} | fields
        return self.http.post(urljoin(self.issuer, unescape(action[1])), data=data)

    def log_in_and_allow(self, url: str, name: str = "ann") -> str:
        """Begin at ``url``, log in, agree; where the authority then sends the person."""
        page = self.send(self.visit(url), name=name, password=f"{name}-dev")
        if page.status_code == 200:
            page = self.send(page, answer="allow")
        assert page.status_code == 303, page.text
        return str(page.headers["location"])


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    # Not below pytest's own directory: a Unix socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="rw") as directory:
        started = System(Path(directory))
        yield started
        started.stop()


@pytest.fixture
def person(system: System) -> Iterator[Person]:
    someone = Person(system.issuer)
    yield someone
    someone.http.close()


@pytest.fixture
def new_person(system: System) -> Callable[[], Person]:
    return lambda: Person(system.issuer)
