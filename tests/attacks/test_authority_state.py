"""Attacks on what the authority keeps and is told: its files, its configuration, its clock, its cut-offs."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from ringwall.authority import deployment, revocation
from ringwall.authority.authority import Authority
from ringwall.authority.ca import attest
from ringwall.authority.hazards import hazards
from ringwall.authority.kept import Kept
from ringwall.authority.listener import bind
from ringwall.authority.revocation import issue_time
from ringwall.authority.running import Running
from ringwall.authority.seal import Seal
from ringwall.authority.server import Server
from ringwall.authority.settings import Settings
from ringwall.errors import Misconfigured
from ringwall.store import ledger
from ringwall.store.migrate import Migration, migrate

BASE = 'issuer = "https://login.example.com"\ninternal = "https://login.example.com:8443"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[services.orders]\nuser = 1001\n[services.billing]\nuser = 1001\n", "also the user of orders"),
        ("[services.authority]\nuser = 1001\n", "cannot be the name"),
        ('[services."orders/admin"]\nuser = 1001\n', "cannot be the name"),
        ('[services."../orders"]\n', "cannot be the name"),
        ("operators = [true]\n", "list of Unix user ids"),
        ('operators = ["root"]\n', "list of Unix user ids"),
        ("operators = 1001\n", "list of Unix user ids"),
        ('trust_domain = "a/b"\n', "no trust domain"),
        ("trust_domain = 7\n", "no trust domain"),
        ('[services.orders]\nexchange = "billing"\n', "list of texts"),
        ('[services.orders]\nexchange = ["*"]\n', "no service here"),
        ("[services.orders]\nredirect_uris = 7\n", "list of texts"),
    ],
)
def test_attack_a_configuration_that_says_two_things(tmp_path: Path, text, why) -> None:
    """Two services of one user: the later would have had the other's certificate. ``true`` is the user id 1."""
    (tmp_path / "authority.toml").write_text(BASE + text)
    with pytest.raises(Misconfigured, match=why):
        deployment.read(tmp_path)


def test_attack_a_service_with_the_authority_s_own_name(tmp_path: Path) -> None:
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "authority"\n')
    process = subprocess.Popen([sys.executable, "-c", "input()"], cwd=tmp_path, stdin=subprocess.PIPE)
    try:
        assert attest.by_directory(tmp_path)(process.pid, os.geteuid(), os.getegid()) is None
        (tmp_path / "ringwall.toml").write_text('[service]\nname = "orders"\n')
        assert attest.by_directory(tmp_path)(process.pid, os.geteuid(), os.getegid()) == "orders"
    finally:
        process.communicate(b"\n")


def test_attack_a_passphrase_that_locks_nothing(tmp_path: Path) -> None:
    """A root key from before the passphrase stands open, and the check of hazards would have said that it does not."""
    Seal.create(tmp_path / "root.key")
    with pytest.raises(Misconfigured, match="stands open"):
        Seal.load(tmp_path / "root.key", "correct horse")


def test_attack_an_empty_passphrase(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("RINGWALL_PASSPHRASE", "")
    made = deployment.development(tmp_path)
    assert made.passphrase is None
    assert "root-key-open" in {hazard.id for hazard in hazards(made, Kept())}


def test_attack_the_copy_before_a_migration_is_for_its_owner_from_its_first_byte(tmp_path: Path, monkeypatch) -> None:
    database, copy = tmp_path / "authority.db", tmp_path / "authority.db.before-0002"
    first, second = Migration(1, "a", "create table a (x);\n"), Migration(2, "b", "create table b (x);\n")
    connection = sqlite3.connect(database, isolation_level=None)
    migrate(connection, database, (first,))
    # With no word to follow, whatever made the file gave it its mode.
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    before = os.umask(0)
    try:
        migrate(connection, database, (first, second))
    finally:
        os.umask(before)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sqlite3.connect(copy).execute("select count(*) from migration").fetchone() == (1,)
    connection.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_every_file_of_the_state_is_for_its_owner_alone() -> None:
    before = os.umask(0)
    try:
        # Not below pytest's own directory: a Unix socket's path has at most 107 bytes.
        with tempfile.TemporaryDirectory(prefix="rw") as directory:
            running = await Running.start(deployment.development(Path(directory)))
            home = Path(directory) / ".ringwall"
            modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in home.iterdir() if path.is_file()}
            assert stat.S_IMODE(home.stat().st_mode) == 0o700
            await running.stop()
    finally:
        os.umask(before)
    assert {"authority.db", "authority.db-wal", "root.key", "authority.json"} <= set(modes)
    assert set(modes.values()) == {0o600}


@pytest.mark.anyio
async def test_in_production_other_users_pass_through_to_the_sockets_and_see_no_list(tmp_path: Path) -> None:
    """Each service has a Unix user of its own: behind a 0700 directory none of them would get its certificate."""
    with tempfile.TemporaryDirectory(prefix="rw") as directory:
        settings = Settings("https://login.example.com", "https://localhost:1", mode="production")
        home = Path(directory) / ".ringwall"
        running = await Running.start(
            deployment.Deployment(home, settings, ("127.0.0.1", free_port()), ("127.0.0.1", free_port()))
        )
        modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in (home, *home.iterdir())}
        await running.stop()
    assert (modes.pop(".ringwall"), modes.pop("workload.sock"), modes.pop("operator.sock")) == (0o711, 0o666, 0o666)
    assert set(modes.values()) == {0o600}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.mark.anyio
async def test_attack_an_address_that_the_client_writes_itself(tmp_path: Path) -> None:
    """Only what the named proxy adds, at the end, is believed: else each guess would come from a network of its own."""
    (tmp_path / "authority.toml").write_text(BASE + '[listen]\nproxies = ["127.0.0.1"]\n')
    proxies = deployment.read(tmp_path).proxies
    authority = Authority.open(
        tmp_path / "home", Settings("http://localhost:1", "https://localhost:2"), synchronous="OFF"
    )
    await authority.start()
    for believed, expected in ((proxies, "203.0.113.9"), ((), "127.0.0.1")):
        sock, home = bind("127.0.0.1", 0), Path(tempfile.mkdtemp(prefix="rw"))
        server = Server(
            authority, home, public=sock, internal=bind("127.0.0.1", 0), internal_tls=None, public_proxies=believed
        )  # type: ignore[arg-type]
        await server.public.start()
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{sock.getsockname()[1]}") as client:
            await client.post("/token", data={"x": "y"}, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"})
        await server.public.stop()
        await server.operator.stop()
        await server.internal.stop()
        _, body, _ = authority.store.read(ledger.rows)[-1]
        assert json.loads(body)["detail"]["address"] == expected
    authority.close()


@pytest.mark.parametrize("proxies", ['"127.0.0.1"', '["proxy.example.com"]', "[true]", "7", '["*"]'])
def test_attack_a_proxy_that_is_everybody(tmp_path: Path, proxies) -> None:
    (tmp_path / "authority.toml").write_text(BASE + f"[listen]\nproxies = {proxies}\n")
    with pytest.raises(Misconfigured, match="list of addresses"):
        deployment.read(tmp_path)


@dataclass
class Jumping:
    """A clock whose wall time can be set apart from the time that passes."""

    time: float = 1_800_000_000.5
    ahead: float = 0.0

    def now(self) -> float:
        return self.time + self.ahead

    def steady(self) -> float:
        return self.time - 1_000_000_000


@pytest.mark.anyio
async def test_attack_a_clock_that_jumps_ahead_and_back_forgets_no_revocation(tmp_path: Path) -> None:
    clock = Jumping()
    settings = Settings("http://localhost:8400", "https://localhost:8401")
    authority = Authority.open(tmp_path / "home", settings, clock=clock, synchronous="OFF")
    await authority.start()
    await revocation.revoke(authority, "sub", "ann", actor="operator:0", reason="stolen")
    cutoff = authority.cutoffs.effective(sub="ann")
    clock.ahead = 90 * 86400
    await authority.tend()
    clock.ahead, clock.time = 0.0, clock.time + 60
    await authority.tend()
    assert authority.cutoffs.effective(sub="ann") == cutoff
    assert "ann" in authority.feed.snapshot().encode().decode()
    clock.time += 3600
    await authority.tend()
    assert authority.cutoffs.effective(sub="ann") == 0, "in its time it is forgotten"
    authority.close()


def test_attack_a_stolen_key_that_dates_its_tokens_ahead(world) -> None:
    """Verifiers hold the key for some minutes more; a token of tomorrow must not be good until then."""
    kid = world.authority.keys.current().kid
    world.run(world.authority.keys.cut(kid))
    world.run(revocation.revoke(world.authority, "key", kid, actor="operator:0", reason="stolen"))
    now, access = world.clock.now(), world.authority.settings.lifetimes.access
    assert world.authority.cutoffs.effective(key=kid) >= now + access
    assert world.run(issue_time(world.authority, sub="ann")) == int(now), "the new key is not delayed by it"


def test_attack_expired_sessions_that_stay_for_ever(world) -> None:
    store = world.authority.store

    def fill(tx, expires: int) -> None:
        tx.run("insert into person values ('ann', '', '[]', '{}', '{}', null)")
        tx.run("insert into session values (x'00', 's', 'ann', 1, 1, ?)", expires)

    async def write() -> None:
        await store.write(fill, int(world.clock.now()) + 10)

    world.run(write())
    world.clock.turn(60)
    world.run(world.authority.tend())
    assert store.read(lambda reader: reader.all("select * from session")) == []
