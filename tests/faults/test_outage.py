"""A service whose authority is gone: it goes on for ten minutes, also when it starts cold, and then says no."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ringwall.config import load
from ringwall.errors import Unauthenticated, Unavailable
from ringwall.on.composition.authority_client import AuthorityClient
from ringwall.on.composition.parts import Composition
from ringwall.parts import Admitted, Credentials


class Ahead:
    """The machine's clock, and as many seconds more as the test says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return time.time() + self.seconds

    def steady(self) -> float:
        return time.monotonic() + self.seconds


class Installation:
    """An authority in ``directory`` that can be killed and started again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.note = directory / ".ringwall" / "authority.json"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self.process = process = subprocess.Popen(
            [sys.executable, "-m", "ringwall", "up"], cwd=self.directory, stdout=subprocess.DEVNULL
        )
        until(lambda: self.note.exists() and json.loads(self.note.read_text())["pid"] == process.pid)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("o")
    (directory / "ringwall.toml").write_text('[service]\nname = "orders"\nlisten = ["internal"]\n')
    # Ports of its own, so that it comes back where it was whatever else runs meanwhile.
    public, internal = free_ports()
    (directory / "authority.toml").write_text(
        f'mode = "development"\nissuer = "http://localhost:{public}"\ninternal = "https://localhost:{internal}"\n'
        f'[listen]\npublic = "127.0.0.1:{public}"\ninternal = "127.0.0.1:{internal}"\n'
    )
    monkeypatch.chdir(directory)
    installation = Installation(directory)
    yield installation
    installation.kill()


@pytest.fixture
def composed(installation: Installation) -> Iterator[Callable[[Ahead], Composition]]:
    made: list[Composition] = []

    def compose(clock: Ahead) -> Composition:
        made.append(Composition(load(installation.directory), clock))
        return made[-1]

    yield compose
    for composition in made:
        composition.stop()


def token(composition: Composition) -> str:
    async def ask() -> str:
        client = AuthorityClient(composition.settings, composition.identity).current()
        identity = str(composition.identity().spiffe_id)
        form = {"grant_type": "client_credentials", "client_id": identity, "audience": "orders"}
        response = await client.post("/token", data=form)
        await client.aclose()
        return str(json.loads(response.content)["access_token"])

    assert composition.identity_snapshot.wait(20)
    return asyncio.run(ask())


def admits(composition: Composition, bearer: str) -> bool:
    try:
        # A service's token is taken only from that service.
        leaf = composition.identity().chain[0]
        found = composition.parts.admission.admit(Credentials(bearer, certificate=leaf))
    except Unavailable:
        return False
    assert isinstance(found, Admitted)
    return found.caller.id == "spiffe://ringwall.internal/orders"


def test_it_goes_on_for_the_outage_budget_and_then_refuses(
    installation: Installation, composed: Callable[[Ahead], Composition]
) -> None:
    clock = Ahead()
    service = composed(clock)
    bearer = token(service)
    until(lambda: admits(service, bearer))
    installation.kill()
    clock.seconds = 590
    assert admits(service, bearer)
    clock.seconds = 610
    with pytest.raises(Unavailable):
        service.parts.admission.admit(Credentials(bearer))


def test_it_starts_cold_without_its_authority(
    installation: Installation, composed: Callable[[Ahead], Composition]
) -> None:
    clock = Ahead()
    first = composed(clock)
    bearer = token(first)
    until(lambda: admits(first, bearer))
    installation.kill()
    first.stop()

    clock.seconds = 300
    second = composed(clock)
    assert admits(second, bearer)
    assert str(second.identity().spiffe_id) == "spiffe://ringwall.internal/orders"
    clock.seconds = 700
    assert not admits(second, bearer)


def test_it_recovers_by_itself_when_the_authority_returns(
    installation: Installation, composed: Callable[[Ahead], Composition]
) -> None:
    clock = Ahead()
    service = composed(clock)
    until(lambda: admits(service, token(service)))
    installation.kill()
    clock.seconds = 650
    assert not admits(service, "whatever")
    clock.seconds = 0
    installation.start()
    until(lambda: admits(service, token(service)))


def test_a_token_revoked_at_the_authority_is_refused_within_a_second(
    installation: Installation, composed: Callable[[Ahead], Composition]
) -> None:
    service = composed(Ahead())
    bearer = token(service)
    until(lambda: admits(service, bearer))
    subprocess.run(
        [sys.executable, "-m", "ringwall", "token", "revoke", "--sub", "spiffe://ringwall.internal/orders"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ,
    )
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        try:
            admits(service, bearer)
        except Unauthenticated:
            return
        time.sleep(0.01)
    pytest.fail("a revoked token was taken for more than a second")


def test_nothing_is_taken_before_the_first_word_of_the_authority(
    installation: Installation, composed: Callable[[Ahead], Composition]
) -> None:
    bearer = token(composed(Ahead()))
    installation.kill()
    state = installation.directory / ".ringwall" / "services" / "orders"
    for saved in state.glob("*.snapshot"):
        saved.unlink()
    with pytest.raises(Unavailable):
        composed(Ahead()).parts.admission.admit(Credentials(bearer))
