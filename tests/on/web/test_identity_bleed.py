"""Identity bleed: on one connection alice asks first and nobody asks next, on every server that people use.

Two forms: both requests in one segment (pipelining), and one after the other with a body beyond the server's buffer.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE.parents[2] / "src"

UVICORN = [
    sys.executable,
    "-m",
    "uvicorn",
    "bleed_app:asgi",
    "--app-dir",
    ".",
    "--port",
    "{port}",
    "--log-level",
    "critical",
]
SERVERS = {
    "uvicorn asyncio h11": [*UVICORN, "--loop", "asyncio", "--http", "h11"],
    "uvicorn asyncio httptools": [*UVICORN, "--loop", "asyncio", "--http", "httptools"],
    "uvicorn uvloop h11": [*UVICORN, "--loop", "uvloop", "--http", "h11"],
    "uvicorn uvloop httptools": [*UVICORN, "--loop", "uvloop", "--http", "httptools"],
    "hypercorn": [sys.executable, "-m", "hypercorn", "bleed_app:asgi", "--bind", "127.0.0.1:{port}"],
    "granian": [sys.executable, "-m", "granian", "bleed_app:asgi", "--interface", "asgi", "--port", "{port}"],
    "gunicorn gthread": [
        *(sys.executable, "-m", "gunicorn", "bleed_app:wsgi", "--worker-class", "gthread", "--threads", "2"),
        *("--keep-alive", "5", "--bind", "127.0.0.1:{port}", "--log-level", "critical"),
    ],
    "gunicorn asgi": [
        *(sys.executable, "-m", "gunicorn", "bleed_app:asgi", "--worker-class", "asgi"),
        *("--keep-alive", "5", "--bind", "127.0.0.1:{port}", "--log-level", "critical"),
    ],
}  # fmt: skip
LEAKY = "uvicorn uvloop httptools"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Every server, started at once, and the port of each."""
    with contextlib.ExitStack() as stack:
        reserved = {name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in SERVERS}
        found = {name: listener.getsockname()[1] for name, listener in reserved.items()}
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{HERE}", "PYTHONWARNINGS": "ignore"}
    log = tmp_path_factory.mktemp("servers")
    processes = []
    try:
        for name, command in SERVERS.items():
            with (log / name).open("wb") as output:
                processes.append(
                    subprocess.Popen(
                        [part.format(port=found[name]) for part in command],
                        cwd=HERE, env=environment, stdout=output, stderr=output,
                    )
                )  # fmt: skip
        for name, port in found.items():
            _wait_for(port, (log / name))
        yield found
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.mark.parametrize("path", ["/who", "/sync"])
@pytest.mark.parametrize("server", SERVERS)
def test_identity_bleed_attack_pipelined(server: str, path: str, ports: dict[str, int]) -> None:
    with socket.create_connection(("127.0.0.1", ports[server]), timeout=10) as connection:
        connection.sendall(_request(path, "alice") + _request(path))
        first, second = _answers(connection, 2)
    assert (first["who"], first["scope"]) == ("alice", "alice")
    assert (second["who"], second["scope"]) == ("", "")


@pytest.mark.parametrize("server", SERVERS)
def test_identity_bleed_attack_kept_alive_after_a_large_body(server: str, ports: dict[str, int]) -> None:
    with socket.create_connection(("127.0.0.1", ports[server]), timeout=10) as connection:
        connection.sendall(_request("/who", "alice", b"a" * 400_000))
        (first,) = _answers(connection, 1)
        connection.sendall(_request("/who"))
        (second,) = _answers(connection, 1)
    assert (first["who"], second["who"], second["scope"]) == ("alice", "", "")


@pytest.mark.parametrize("server", SERVERS)
def test_identity_bleed_attack_where_somebody_is_required(server: str, ports: dict[str, int]) -> None:
    with socket.create_connection(("127.0.0.1", ports[server]), timeout=10) as connection:
        connection.sendall(_request("/mine", "alice") + _request("/mine") + _request("/mine", "bob"))
        text = _read(connection, 3)
    assert re.findall(rb"HTTP/1.1 (\d+)", text) == [b"200", b"401", b"200"]
    assert re.findall(rb'"who": ?"(\w*)"', text) == [b"alice", b"bob"]


def test_the_control_bleeds_so_these_tests_can_fail(ports: dict[str, int]) -> None:
    with socket.create_connection(("127.0.0.1", ports[LEAKY]), timeout=10) as connection:
        connection.sendall(_request("/who", "alice") + _request("/who"))
        _, second = _answers(connection, 2)
    assert second["control"] == "Bearer alice"


def _request(path: str, who: str = "", body: bytes = b"") -> bytes:
    identity = f"Authorization: Bearer {who}\r\n" if who else ""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{identity}Content-Type: a/b\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _answers(connection: socket.socket, count: int) -> list[dict[str, str]]:
    return [json.loads(found) for found in re.findall(rb'\{[^{}]*"control"[^{}]*\}', _read(connection, count))]


def _read(connection: socket.socket, count: int) -> bytes:
    text = b""
    while len(re.findall(rb"HTTP/1.1 \d+", text)) < count or text.rstrip()[-1:] not in (b"}", b"]", b"0"):
        chunk = connection.recv(65536)
        if not chunk:
            break
        text += chunk
    return text


def _wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(log.read_text())


def test_every_server_is_here() -> None:
    for package in ("uvicorn", "uvloop", "httptools", "h11", "hypercorn", "granian", "gunicorn"):
        assert importlib.util.find_spec(package), f"{package} is not installed"
