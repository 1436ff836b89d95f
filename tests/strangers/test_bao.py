"""OpenBao's own command line and the Python client hvac, at our vault: nothing tells them that it is not OpenBao's."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from ringwall.authority.ca.profile import LeafIdentity
from ringwall.authority.deployment import development
from ringwall.authority.running import Running
from ringwall.peers.identity import SpiffeId
from ringwall.store import ledger


class House:
    """A running authority, on an event loop of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.running: Running = self.run(Running.start(development(directory)))
        settings = self.running.deployment.settings
        self.internal = settings.internal
        self.socket = directory / ".ringwall" / "operator.sock"

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def files(self, service: str) -> tuple[str, str, str]:
        """Certificate, key and root of ``service`` as PEM files."""
        name = SpiffeId.of(self.running.deployment.settings.trust_domain, service)
        context = self.run(self.running.issuer.issue(LeafIdentity(name, (service,))))
        chain = b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in context.chain)
        key = load_der_private_key(context.key.reveal(), None)
        roots = b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in context.bundle)
        paths = [self.directory / f"{service}.{kind}" for kind in ("crt", "key", "ca")]
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for path, data in zip(paths, (chain, pem, roots), strict=True):
            path.write_bytes(data)
        return str(paths[0]), str(paths[1]), str(paths[2])

    def close(self) -> None:
        self.run(self.running.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    # A Unix socket's path is short, and that of a test's own directory is not.
    directory = tmp_path_factory.mktemp("h")
    house = House(directory)
    yield house
    house.close()


@pytest.fixture(scope="module")
def program(stranger: Callable[[str], str]) -> str:
    beside = Path(sys.executable).with_name("bao")
    return str(beside) if beside.exists() else stranger("bao")


Bao = Callable[..., str]


@pytest.fixture
def bao(program: str, house: House, tmp_path: Path) -> Bao:
    """``bao("kv", "get", …)`` as the service orders; what it printed. A failure fails the test, unless expected."""
    certificate, key, ca = house.files("orders")
    environment = {
        "HOME": str(tmp_path), "PATH": os.environ["PATH"], "VAULT_ADDR": house.internal, "VAULT_CACERT": ca,
        "VAULT_CLIENT_CERT": certificate, "VAULT_CLIENT_KEY": key, "NO_PROXY": "*",
    }  # fmt: skip

    def run(*words: str, status: int = 0, token: str | None = None, given: str = "") -> str:
        told = {**environment, **({"VAULT_TOKEN": token} if token else {})}
        done = subprocess.run([program, *words], capture_output=True, text=True, env=told, input=given, timeout=30)
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    return run


def test_kv_with_a_token_from_the_certificate(bao: Bao) -> None:
    assert "Success! You are now authenticated" in bao("login", "-method=cert")
    bao("kv", "put", "-mount=secret", "orders/cli", "value=one", "user=ann")
    bao("kv", "put", "-mount=secret", "-cas=1", "orders/cli", "value=two")
    assert "did not match the current version" in bao(
        "kv", "put", "-mount=secret", "-cas=1", "orders/cli", "v=x", status=2
    )
    assert bao("kv", "get", "-mount=secret", "-field=value", "orders/cli").strip() == "two"
    assert bao("kv", "get", "-mount=secret", "-field=value", "-version=1", "orders/cli").strip() == "one"
    bao("kv", "patch", "-mount=secret", "orders/cli", "more=three")
    document = json.loads(bao("kv", "get", "-format=json", "secret/orders/cli"))
    assert document["data"]["data"] == {"value": "two", "more": "three"}
    assert "cli" in bao("kv", "list", "-mount=secret", "orders")
    bao("kv", "metadata", "put", "-mount=secret", "-custom-metadata=owner=ann", "-max-versions=5", "orders/cli")
    metadata = json.loads(bao("kv", "metadata", "get", "-format=json", "-mount=secret", "orders/cli"))["data"]
    assert (metadata["current_version"], metadata["custom_metadata"]) == (3, {"owner": "ann"})
    bao("kv", "delete", "-mount=secret", "orders/cli")
    assert "deletion_time      2" in bao("kv", "get", "-mount=secret", "orders/cli")
    assert "permission denied" in bao("kv", "undelete", "-mount=secret", "-versions=3", "orders/cli", status=2)
    assert "permission denied" in bao("kv", "get", "-mount=secret", "billing/key", status=2)
    assert "service:orders" in bao("token", "lookup")
    assert "create" in bao("token", "capabilities", "secret/data/orders/x")
    bao("token", "revoke", "-self")
    assert "permission denied" in bao("kv", "get", "-mount=secret", "orders/cli", status=2)


def test_an_operator_at_the_socket_and_a_program_with_approle(bao: Bao, house: House, tmp_path: Path) -> None:
    address = f"-address=unix://{house.socket}"
    policy = tmp_path / "p.hcl"
    policy.write_text('path "secret/+/jobs/*" { capabilities = ["create", "read", "update", "delete", "list"] }\n')
    bao("policy", "write", address, "jobs", str(policy))
    assert bao("policy", "read", address, "jobs").strip() == policy.read_text().strip()
    assert "jobs" in bao("policy", "list", address)
    bao("write", address, "auth/approle/role/job", "token_policies=jobs", "token_ttl=1h")
    role_id = bao("read", address, "-field=role_id", "auth/approle/role/job/role-id").strip()
    secret_id = bao("write", address, "-f", "-field=secret_id", "auth/approle/role/job/secret-id").strip()
    token = bao(
        "write", "-field=token", "auth/approle/login", f"role_id={role_id}", f"secret_id={secret_id}", token=None
    ).strip()
    bao("kv", "put", "-mount=secret", "jobs/one", "value=-", token=token, given="secret")
    bao("kv", "delete", "-mount=secret", "jobs/one", token=token)
    bao("kv", "undelete", "-mount=secret", "-versions=1", "jobs/one", token=token)
    assert bao("kv", "get", "-mount=secret", "-field=value", "jobs/one", token=token).strip() == "secret"
    bao("kv", "destroy", "-mount=secret", "-versions=1", "jobs/one", token=token)
    bao("kv", "metadata", "delete", "-mount=secret", "jobs/one", token=token)
    assert "No value found" in bao("kv", "get", "-mount=secret", "jobs/one", status=2, token=token)
    bao("token", "renew", token=token)
    child = json.loads(bao("token", "create", address, "-policy=jobs", "-ttl=10m", "-format=json"))
    assert child["auth"]["lease_duration"] == 600
    bao("token", "revoke", address, "-accessor", child["auth"]["accessor"])
    assert "permission denied" in bao("token", "lookup", status=2, token=child["auth"]["client_token"])
    assert "secret/" in bao("secrets", "list", address)
    assert "cert/" in bao("auth", "list", address)
    assert "false" in bao("status", address)


def test_without_a_certificate_nobody_gets_as_far_as_the_vault(program: str, house: House, tmp_path: Path) -> None:
    ca = house.files("orders")[2]
    told = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "VAULT_ADDR": house.internal, "VAULT_CACERT": ca,
            "VAULT_TOKEN": "root", "VAULT_MAX_RETRIES": "0"}  # fmt: skip
    before = house.running.authority.store.read(ledger.last)
    done = subprocess.run([program, "kv", "get", "secret/a"], capture_output=True, text=True, env=told, timeout=30)
    # In which words the connection broke depends on how far the client had got.
    assert done.returncode == 2, done.stdout
    assert house.running.authority.store.read(ledger.last) == before, "the vault never heard of it"


@pytest.mark.filterwarnings("ignore:The raise_on_deleted_version:DeprecationWarning")
def test_hvac(house: House) -> None:
    import hvac
    from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

    certificate, key, ca = house.files("orders")
    client = hvac.Client(house.internal, cert=(certificate, key), verify=ca)
    client.auth.cert.login()
    assert client.is_authenticated()
    kv = client.secrets.kv.v2
    assert kv.create_or_update_secret("orders/hvac", {"value": "1"})["data"]["version"] == 1
    with pytest.raises(InvalidRequest):
        kv.create_or_update_secret("orders/hvac", {"value": "2"}, cas=0)
    kv.patch("orders/hvac", {"more": "2"})
    read = kv.read_secret_version("orders/hvac", raise_on_deleted_version=True)
    assert read["data"]["data"] == {"value": "1", "more": "2"}
    assert kv.list_secrets("orders")["data"]["keys"].count("hvac") == 1
    assert kv.read_secret_metadata("orders/hvac")["data"]["current_version"] == 2
    kv.update_metadata("orders/hvac", custom_metadata={"rotate": "30d"})
    kv.delete_latest_version_of_secret("orders/hvac")
    with pytest.raises(InvalidPath):
        kv.read_secret_version("orders/hvac", raise_on_deleted_version=True)
    kv.delete_metadata_and_all_versions("orders/hvac")
    with pytest.raises(Forbidden):
        kv.read_secret_version("billing/hvac", raise_on_deleted_version=True)
    client.auth.token.revoke_self()
    assert not client.is_authenticated()
    client.adapter.close()


def test_curl_at_the_operators_socket(house: House, stranger: Callable[[str], str]) -> None:
    command = [stranger("curl"), "--silent", "--path-as-is", "--unix-socket", str(house.socket)]
    url = "http://localhost/v1/secret/data/curl"
    sent = [*command, "--json", '{"data": {"value": "x"}}', url]
    assert json.loads(subprocess.run(sent, capture_output=True, check=True).stdout)["data"]["version"] == 1
    got = json.loads(subprocess.run([*command, url], capture_output=True, check=True).stdout)
    assert got["data"]["data"] == {"value": "x"}
    listed = subprocess.run(
        [*command, "-X", "LIST", "http://localhost/v1/secret/metadata"], capture_output=True, check=True
    )
    assert "curl" in json.loads(listed.stdout)["data"]["keys"]
    large = house.directory / "large"
    large.write_text(json.dumps({"data": {"value": "x" * (1 << 20)}}))
    for path, expected in (
        ("secret/data/a/../../../people", b"307"),
        ("secret/data/%2e%2e/%2e%2e/x", b"400"),
        ("secret/data/a%00", b"400"),
    ):
        sent = [*command, "--output", os.devnull, "--write-out", "%{http_code}", f"http://localhost/v1/{path}"]
        assert subprocess.run(sent, capture_output=True, check=True).stdout == expected
    sent = [*command, "--output", os.devnull, "--write-out", "%{http_code}", "--data-binary", f"@{large}", url]
    assert subprocess.run(sent, capture_output=True, check=False).stdout == b"413", "a value has at most 1 MiB"
