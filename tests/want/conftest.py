"""An empty folder that becomes an installation, by the commands that a user types, and a person in front of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest


class Installation:
    """The processes of an installation in ``directory``, with what they print. ``python`` has Ringwall installed."""

    def __init__(self, directory: Path, python: str = sys.executable) -> None:
        self.directory = directory
        self._python = python
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, beside: str = "", until: str) -> re.Match[str]:
        """``ringwall …`` in a directory of the installation; returns once its output matches ``until``."""
        output = self.directory / f"{'-'.join(arguments[:2]).replace(':', '.')}.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [self._python, "-m", "ringwall", *arguments],
                cwd=self.directory / beside,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment(),
            )
        self._processes.append(process)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if found := re.search(until, output.read_text()):
                return found
            time.sleep(0.05)
        pytest.fail(f"no {until!r} in:\n{output.read_text()}")

    def run(self, *arguments: str, beside: str = "", status: int = 0) -> str:
        """``ringwall …`` to its end; what it printed."""
        done = subprocess.run(
            [self._python, "-m", "ringwall", *arguments],
            cwd=self.directory / beside,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment(),
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(30)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """Ours, without what would make another interpreter find this source tree."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONUNBUFFERED": "1"}


class Localhost(httpx2.HTTPTransport):
    """Finds ``*.localhost`` on this machine, as every browser does (RFC 6761 section 6.3) and not every resolver."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.host.endswith(".localhost"):
            return super().handle_request(request)
        near = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(
            httpx2.Request(request.method, near, headers=request.headers, stream=request.stream)
        )


class Person:
    """What a person does in a browser, without the drawing."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.http = httpx2.Client(
            transport=Localhost(), base_url=service, headers={"origin": service}, follow_redirects=True, timeout=20
        )

    def log_in(self, name: str) -> None:
        page = self.http.get("/login?next=/health", headers={"accept": "text/html"})
        back = self.send(page, name=name, password=f"{name}-dev")
        assert (back.status_code, str(back.url)) == (200, f"{self.service}/health"), back.text

    def log_out(self) -> None:
        """Log out here, and go on to the authority as the page then leads."""
        page = self.http.post("/logout", headers={"accept": "text/html"})
        onward = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
        assert onward is not None, page.text
        self.http.get(unescape(onward[1]))

    def send(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Send the form of ``page`` with its hidden fields and ``fields``."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None, page.text
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        data = {name: unescape(value) for name, value in hidden} | fields
        origin = f"{page.url.scheme}://{page.url.netloc.decode()}"
        return self.http.post(urljoin(str(page.url), unescape(action[1])), data=data, headers={"origin": origin})


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Installation]]:
    """``installed()`` is an installation in an empty folder; what it started ends with the module."""
    made: list[Installation] = []

    def install(python: str = sys.executable) -> Installation:
        made.append(Installation(tmp_path_factory.mktemp("w"), python))
        return made[-1]

    yield install
    for installation in made:
        installation.stop()


@pytest.fixture
def person() -> Iterator[Callable[[str, str], Person]]:
    """``person(service, "ann")`` is ann, logged in at the service of that URL."""
    made: list[Person] = []

    def log_in(service: str, name: str) -> Person:
        made.append(Person(service))
        made[-1].log_in(name)
        return made[-1]

    yield log_in
    for one in made:
        one.http.close()
