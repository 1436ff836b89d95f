"""``ringwall run``: a service beside its authority, and each reason for which it does not start."""

from __future__ import annotations

import re
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Start

pytestmark = pytest.mark.xdist_group("cli")

APP = """\
import logging

from flask import Flask

from ringwall.on.flask import protect, public

app = Flask(__name__, static_folder=None)
guard = protect(app)


@app.get("/health")
@public
def health():
    guard.log.info("asked", by="a stranger\\nroot")
    return "ok"
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody.getsockname()[1]


@pytest.fixture
def service(authority: Path, request: pytest.FixtureRequest) -> Path:
    """The directory of a service below the authority's, named after the test."""
    name = re.sub(r"[^a-z-]+", "-", request.node.name).strip("-")
    directory = authority / name
    directory.mkdir()
    (directory / "ringwall.toml").write_text(f'[service]\nname = "{name}"\nlisten = ["public", "internal"]\n')
    (directory / "app.py").write_text(APP)
    return directory


def test_it_serves_logs_and_ends_when_asked(start: Start, service: Path) -> None:
    command = start("run", "app:app", "--port", "0", directory=service)
    port = command.until(r"listens at http://[a-z-]+\.localhost:(\d+)")[1]
    command.until("listens for its peers at https://127.0.0.1:")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        assert answer.read() == b"ok"
    command.until(r'INFO .*: asked by="a stranger\\nroot"\n')
    assert command.stop() == 0


def test_two_services_on_one_machine_need_no_port(start: Start, service: Path) -> None:
    ports = {start("run", "app:app", directory=service).until(r"localhost:(\d+)")[1] for _ in range(2)}
    assert len(ports) == 2


@pytest.mark.parametrize("option", ["--port", "--internal-port"])
def test_a_port_that_was_asked_for_and_is_taken(
    start: Start, authority: Path, service: Path, taken: int, option: str
) -> None:
    status, output = start("run", "app:app", option, str(taken), directory=service).end()
    assert status == 2
    assert f"error: cannot listen on 127.0.0.1 port {taken}: address already in use\nhint: " in output


def test_an_application_that_is_not_there(start: Start, service: Path) -> None:
    status, output = start("run", "app:ap", "--port", "0", directory=service).end()
    assert (status, output) == (2, "error: module 'app' has no 'ap'\nhint: did you mean app:app?\n")


def test_an_authority_that_is_gone(start: Start, home: Path) -> None:
    (home / "ringwall.toml").write_text('[service]\nname = "orders"\n')
    (home / "app.py").write_text("raise SystemExit('the application was loaded before there was a certificate')\n")
    first = start("up", directory=home)
    first.until("max-dev")
    first.stop()
    status, output = start("run", "app:app", directory=home).end()
    assert status == 2
    assert output.startswith("error: this service has no certificate: ")
    assert "no authority answers at" in output
    assert "hint: start it with: ringwall up" in output
