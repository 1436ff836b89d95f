"""Policies from a real authority to a real service, over mutual TLS: pushed, followed, asked for, and kill -9."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.test_outage import Ahead, Installation, free_ports, until

from ringwall.audit import chain
from ringwall.caller import Caller
from ringwall.cli.operator import Operator
from ringwall.config import load
from ringwall.errors import RingwallError, Unavailable
from ringwall.guard import Guard
from ringwall.keeper import Keeper, Snapshot
from ringwall.on.composition import parts, policies
from ringwall.on.composition.authority_client import AuthorityClient
from ringwall.on.composition.certificate import CertificateSource
from ringwall.on.composition.decision_point import remote_decisions
from ringwall.on.composition.issuer import KeysSource
from ringwall.on.composition.parts import Composition
from ringwall.on.composition.policies import Policies, PoliciesSource

ANN = 'permit (principal == Person::"ann", action == Action::"order:read", resource);'
NOBODY = "// nobody may do anything"


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("p")
    (directory / "ringwall.toml").write_text('[service]\nname = "orders"\nlisten = ["internal"]\n')
    public, internal = free_ports()
    (directory / "authority.toml").write_text(
        f'mode = "development"\nissuer = "http://localhost:{public}"\ninternal = "https://localhost:{internal}"\n'
        f'[listen]\npublic = "127.0.0.1:{public}"\ninternal = "127.0.0.1:{internal}"\n'
    )
    monkeypatch.chdir(directory)
    monkeypatch.setattr(policies, "EVERY", 0.05)
    installation = Installation(directory)
    yield installation
    installation.kill()


class Follower:
    """What a composed service does, for its policies alone."""

    def __init__(self, directory: Path, clock: Ahead) -> None:
        settings = load(directory)
        self.keeper = keeper = Keeper(settings.state_directory, clock=clock)
        identity = keeper.watch(CertificateSource(settings), max_age=float("inf"))
        self.client = AuthorityClient(settings, identity.current)
        keys_source = KeysSource(settings)
        keys = keeper.watch(keys_source, max_age=settings.outage + 300)
        source = PoliciesSource(settings, self.client.current, keys, keys_source.refetch, lambda _: None, clock)
        self.policies: Snapshot[Policies] = keeper.watch(source, max_age=settings.outage)
        self.remote = remote_decisions(settings, settings.authority_address().issuer, keeper, self.client.current)
        keeper.start()
        self.stopped = False

    @property
    def text(self) -> str:
        try:
            return self.policies.current().files["a.cedar"]
        except Unavailable as error:
            return error.message

    def stop(self) -> None:
        if self.stopped:  # its keeper may have dialled once more before it ended
            return
        self.stopped = True
        held, self.client._held = self.client._held, None
        if held is not None:
            self.keeper.submit(held[1].aclose()).result(5)
        self.keeper.stop()


@pytest.fixture
def follow(installation: Installation) -> Iterator[object]:
    made: list[Follower] = []

    def start(clock: Ahead) -> Follower:
        made.append(Follower(installation.directory, clock))
        return made[-1]

    yield start
    for follower in made:
        follower.stop()


def push(text: str) -> int:
    return int(Operator().post("/policies", {"name": "orders", "files": {"a.cedar": text}})["version"])


def test_from_push_to_service_and_through_an_outage(installation, follow):
    clock = Ahead()
    service = follow(clock)
    push(ANN)
    until(lambda: service.text == ANN)
    assert service.remote.decide(Caller("ann"), "order:read").allowed
    assert not service.remote.decide(Caller("eve"), "order:read").allowed
    push(NOBODY)
    until(lambda: service.text == NOBODY)
    assert not service.remote.decide(Caller("ann"), "order:read").allowed
    installation.kill()
    with pytest.raises(Unavailable):
        service.remote.decide(Caller("ann"), "order:read")
    service.stop()
    cold = follow(clock)  # it starts without its authority, with the last good one
    assert cold.text == NOBODY
    clock.seconds = 610
    assert "more than the 600 s allowed" in cold.text
    clock.seconds = 0
    installation.start()
    push(ANN)
    until(lambda: cold.text == ANN)


@pytest.fixture
def composed(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Guard]]:
    """``composed("authority = true")``: the guard of a service with this line under ``[policy]``."""
    made: list[Composition] = []
    clients: list[AuthorityClient] = []

    class Kept(AuthorityClient):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            clients.append(self)

    monkeypatch.setattr(parts, "AuthorityClient", Kept)

    def compose(line: str) -> Guard:
        toml = installation.directory / "ringwall.toml"
        toml.write_text(f"{toml.read_text()}[policy]\n{line}\n")
        made.append(Composition(load(installation.directory)))
        made[-1].keeper.start()
        assert made[-1].identity_snapshot.wait(20)
        return Guard(made[-1].parts)

    yield compose
    for service, client in zip(made, clients, strict=True):
        if client._held is not None:
            service.keeper.submit(client._held[1].aclose()).result(5)
        service.stop()


def test_a_composed_service_follows_its_policies(composed):
    guard = composed("authority = true")
    with pytest.raises(Unavailable):
        guard.decide(Caller("ann"), "order:read")  # nothing was pushed: no answer, and no yes
    push(ANN)
    until(lambda: _may(guard, "ann"))
    assert not _may(guard, "eve")
    push(NOBODY)
    until(lambda: not _may(guard, "ann"))


def test_a_composed_service_asks_the_decision_point(composed, installation):
    internal = json.loads(installation.note.read_text())["internal"]
    guard = composed(f'decision_point = "{internal}"')
    push(ANN)
    assert _may(guard, "ann")
    assert not _may(guard, "eve")


def _may(guard: Guard, name: str) -> bool:
    try:
        return guard.decide(Caller(name), "order:read").allowed
    except Unavailable:
        return False


def test_kill_nine_during_pushes_loses_none_that_was_acknowledged(installation):
    acknowledged: dict[int, str] = {}
    enough = threading.Event()

    def operator(number: int) -> None:
        try:
            for count in range(10_000):
                text = f"// {number} {count}"
                acknowledged[push(text)] = text
                if len(acknowledged) > 40:
                    enough.set()
        except (RingwallError, OSError):
            pass

    threads = [threading.Thread(target=operator, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    assert installation.process is not None
    os.kill(installation.process.pid, signal.SIGKILL)
    installation.process.wait()
    for thread in threads:
        thread.join()
    database = sqlite3.connect(installation.directory / ".ringwall" / "authority.db")
    kept = dict(database.execute("select version, files from policy_set where name = 'orders'").fetchall())
    rows = database.execute("select seq, body, hash from audit order by seq").fetchall()
    database.close()
    assert chain.verify(rows)[0] == len(rows)
    pushed = {
        event["detail"]["version"] for _, body, _ in rows if (event := json.loads(body))["kind"] == "policies.pushed"
    }
    last = max(kept)
    assert last >= max(acknowledged)
    assert pushed == set(range(1, last + 1))  # a version and its audit row, both or neither
    for version, text in acknowledged.items():
        if version in kept:
            assert json.loads(kept[version]) == {"a.cedar": text}
    installation.start()
    assert Operator().get("/policies?name=orders")["version"] == last
