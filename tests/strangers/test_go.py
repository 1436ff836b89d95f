"""Services in Go, on its standard library alone, with certificates of ours: as server and as client."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from tests.peers.realm import Realm, echo, served

from ringwall.on.httpx import client
from ringwall.peers.check import PeerCheck

REALM = Realm()
SOURCES = Path(__file__).parent / "go"


@pytest.fixture(scope="module")
def build(stranger: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    go, directory = stranger("go"), tmp_path_factory.mktemp("go")
    environment = {**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0", "GOCACHE": str(directory / "cache")}

    def build_one(name: str) -> Path:
        program = directory / name
        command = [go, "build", "-o", str(program), str(SOURCES / name / "main.go")]
        subprocess.run(command, check=True, env=environment, timeout=300)
        return program

    return build_one


@pytest.fixture(scope="module")
def go_server(build: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    files = REALM.files(tmp_path_factory.mktemp("billing"), REALM.context("billing"))
    with subprocess.Popen([build("server"), *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


def test_our_client_and_a_go_server(go_server: int) -> None:
    with client(REALM.peer("billing", go_server), REALM.held("orders")) as http:
        assert http.get("/api/data").text == "orders spiffe://ringwall.internal/orders"
    with client(REALM.peer("vault", go_server), REALM.held("orders")) as http:
        with pytest.raises(httpx2.ConnectError, match="billing is there"):
            http.get("/api/data")


def test_a_go_server_refuses_another_realm(go_server: int) -> None:
    stranger_realm = Realm()
    held = stranger_realm.held("orders")
    held.context = dataclasses.replace(held(), bundle=REALM.authority.bundle)
    with client(REALM.peer("billing", go_server), held) as http, pytest.raises(httpx2.TransportError):
        http.get("/api/data")


def test_a_go_client_and_our_server(build: Callable[[str], Path], tmp_path: Path) -> None:
    program = build("client")
    check = PeerCheck(REALM.held("billing"), allowed=frozenset({REALM.id("orders")}))
    with served(echo, check) as server:
        assert server.internal is not None

        def call(name: str) -> subprocess.CompletedProcess[str]:
            files = REALM.files(tmp_path, REALM.context(name))
            url = f"https://localhost:{server.internal[1]}/"
            return subprocess.run([program, *files, url], capture_output=True, text=True, timeout=20)

        good = call("orders")
        assert good.stdout == "200 spiffe://ringwall.internal/orders\n" * 2, good.stderr
        bad = call("intruder")
        assert bad.returncode == 1
        assert bad.stdout == ""
    assert "intruder is there" in check.refusals[-1]
