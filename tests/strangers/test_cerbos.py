"""Cerbos as the decision point of a guard: another project's AuthZEN server, with policies of its own."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from ringwall.caller import Caller
from ringwall.errors import Unavailable
from ringwall.keeper import Keeper
from ringwall.on.authzen import RemoteDecisions

POLICY = """
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: Order
  version: default
  rules:
    - actions: ["order:read"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition:
        match:
          any:
            of:
              - expr: P.id == R.attr.owner
              - expr: '"support" in P.attr.roles && P.attr.region == R.attr.region'
    - actions: ["order:*"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition:
        match:
          expr: P.attr.kind == "service"
    - actions: ["*"]
      effect: EFFECT_DENY
      roles: ["*"]
      condition:
        match:
          expr: R.attr.state == "sealed"
"""


@dataclass
class Order:
    id: int
    owner: str
    region: str
    state: str = "open"


@pytest.fixture(scope="module")
def cerbos(node_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("cerbos")
    (directory / "policies").mkdir()
    (directory / "policies" / "order.yaml").write_text(POLICY)
    with socket.create_server(("127.0.0.1", 0)) as http, socket.create_server(("127.0.0.1", 0)) as grpc:
        ports = http.getsockname()[1], grpc.getsockname()[1]
    (directory / "config.yaml").write_text(
        f'server:\n  httpListenAddr: "127.0.0.1:{ports[0]}"\n  grpcListenAddr: "127.0.0.1:{ports[1]}"\n'
        f"storage:\n  driver: disk\n  disk:\n    directory: {directory / 'policies'}\ntelemetry:\n  disabled: true\n"
    )
    program = node_home / "node_modules" / "@cerbos" / "cerbos-linux-x64" / "cerbos-linux-x64"
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([program, "server", "--config", directory / "config.yaml"], stdout=log, stderr=log)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", ports[0]), 1).close()
                break
            except OSError:
                assert process.poll() is None, (directory / "log").read_text()
                time.sleep(0.05)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def remote(cerbos: str) -> Iterator[RemoteDecisions]:
    keeper = Keeper()
    client = httpx2.AsyncClient(trust_env=False)
    yield RemoteDecisions(cerbos, "shop", keeper, lambda: client)
    keeper.submit(client.aclose()).result(5)
    keeper.stop()


ANN = Caller("ann", attributes={"region": "eu"})
SUPPORT = Caller("sue", roles=frozenset({"support"}), attributes={"region": "eu"})
BILLING = Caller("spiffe://ringwall.internal/billing", "service")


@pytest.mark.parametrize(
    ("caller", "action", "order", "allowed"),
    [
        (ANN, "order:read", Order(1, "ann", "us"), True),
        (ANN, "order:read", Order(1, "bob", "eu"), False),
        (SUPPORT, "order:read", Order(1, "bob", "eu"), True),
        (SUPPORT, "order:read", Order(1, "bob", "us"), False),
        (ANN, "order:read", Order(1, "ann", "eu", "sealed"), False),
        (ANN, "order:delete", Order(1, "ann", "eu"), False),
        (BILLING, "order:charge", Order(1, "ann", "eu"), True),
        (Caller("ann", actor=BILLING), "order:read", Order(1, "ann", "eu"), True),
        (Caller("eve", actor=BILLING), "order:read", Order(1, "ann", "eu"), False),
        (Caller("ann", actor=Caller("x", "person")), "order:read", Order(1, "ann", "eu"), False),
    ],
)
def test_it_decides_as_its_policies_say(remote, caller, action, order, allowed):
    assert remote.decide(caller, action, order).allowed is allowed


def test_what_it_has_no_policies_for_is_a_no(remote):
    assert not remote.decide(ANN, "order:read").allowed


def test_a_question_that_it_refuses_is_no_answer(remote):
    with pytest.raises(Unavailable, match="answered 4"):
        remote.decide(Caller(""), "order:read", Order(1, "ann", "eu"))
