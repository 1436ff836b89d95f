"""``ringwall up``: what it becomes, and each reason for which it does not start."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Start

pytestmark = pytest.mark.xdist_group("cli")

PRODUCTION = """\
mode = "production"
issuer = "https://login.example.com"
internal = "https://authority.example.com:{internal}"
trust_domain = "services.example.com"

[listen]
public = "127.0.0.1:{public}"
internal = "127.0.0.1:{internal}"

[services.orders]
user = 1001
"""
LOCKED = {"RINGWALL_PASSPHRASE": "correct horse battery staple"}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        return int(somebody.getsockname()[1])


@pytest.fixture
def production(home: Path, free: int) -> Path:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        internal = somebody.getsockname()[1]
    (home / "authority.toml").write_text(PRODUCTION.format(public=free, internal=internal))
    return home


def ended(start: Start, directory: Path, **environment: str) -> str:
    """What ``ringwall up`` says when it does not start."""
    status, output = start("up", directory=directory, environment=environment).end()
    assert status == 2, output
    assert "Traceback" not in output
    return str(output)


def test_it_says_where_it_is_and_who_can_log_in_and_ends_when_asked(start: Start, home: Path) -> None:
    command = start("up", directory=home)
    issuer = command.until(r"The authority runs at (\S+); services reach it at \S+\.\n")[1]
    command.until("This is development: known passwords")
    command.until(r"max  password max-dev  \(manager\)")
    note = json.loads((home / ".ringwall" / "authority.json").read_text())
    assert (note["issuer"], note["pid"]) == (issuer, command.process.pid)
    assert stat.S_IMODE((home / ".ringwall").stat().st_mode) == 0o700
    assert command.stop() == 0


def test_a_second_one_in_the_same_directory_is_refused(start: Start, home: Path) -> None:
    first = start("up", directory=home)
    first.until("ann-dev")
    said = ended(start, home)
    assert f"is in use by process {first.process.pid}" in said
    assert "\nhint: " in said
    # The first one goes on, and its sockets are still its own.
    assert first.process.poll() is None
    status, output = start("secret", "list", directory=home).end()
    assert status == 0, output


def test_two_in_two_directories_take_ports_of_their_own(start: Start, home: Path) -> None:
    found = set()
    for name in ("a", "b"):
        (home / name).mkdir()
        found.add(start("up", directory=home / name).until(r"runs at (\S+);")[1])
    assert len(found) == 2


def test_it_starts_again_with_what_it_had(start: Start, home: Path) -> None:
    first = start("up", directory=home)
    first.until("max-dev")
    (home / "value").write_text("kept")
    assert start("secret", "set", "shop/key", "--value-file", "value", directory=home).end()[0] == 0
    first.process.kill()
    first.process.wait()
    start("up", directory=home).until("max-dev")
    assert "value: kept" in start("secret", "get", "shop/key", "--show", directory=home).end()[1]


def test_production_starts_and_shows_no_password(start: Start, production: Path) -> None:
    command = start("up", directory=production, environment=LOCKED)
    command.until(r"The authority runs at https://login\.example\.com;")
    assert "password" not in command.output.read_text()
    status, output = start("check", "--production", directory=production, environment=LOCKED).end()
    assert (status, output) == (0, "Nothing here is unsafe in production.\n")
    assert command.stop() == 0


def test_a_taken_port_ends_it_in_production(start: Start, production: Path, taken: int, free: int) -> None:
    settings = production / "authority.toml"
    settings.write_text(settings.read_text().replace(f"127.0.0.1:{free}", f"127.0.0.1:{taken}"))
    said = ended(start, production, **LOCKED)
    assert f"error: port {taken} of 127.0.0.1 is in use\nhint: stop what listens there" in said
    assert not (production / ".ringwall" / "authority.json").exists()


@pytest.mark.parametrize("passphrase", ["wrong", ""])
def test_a_wrong_passphrase_opens_nothing(start: Start, production: Path, passphrase: str) -> None:
    first = start("up", directory=production, environment=LOCKED)
    first.until("runs at")
    first.stop()
    assert "RINGWALL_PASSPHRASE" in ended(start, production, RINGWALL_PASSPHRASE=passphrase)


def test_what_a_newer_version_wrote_is_left_alone(start: Start, home: Path) -> None:
    first = start("up", directory=home)
    first.until("max-dev")
    first.stop()
    with sqlite3.connect(home / ".ringwall" / "authority.db") as database:
        database.execute("insert into migration values (9999, '9999_later.sql', 'x')")
    database.close()
    said = ended(start, home)
    assert "authority.db was written by a newer version: it is at 9999_later.sql" in said
    assert "hint: install that version again" in said


def test_a_root_key_that_others_can_read_is_refused(start: Start, home: Path) -> None:
    first = start("up", directory=home)
    first.until("max-dev")
    first.stop()
    (home / ".ringwall" / "root.key").chmod(0o644)
    assert "root.key can be read by others\nhint: chmod 600 " in ended(start, home)


def test_a_file_that_is_no_database_is_refused(start: Start, home: Path) -> None:
    first = start("up", directory=home)
    first.until("max-dev")
    first.stop()
    for file in home.glob(".ringwall/authority.db*"):
        file.unlink()
    (home / ".ringwall" / "authority.db").write_bytes(b"nonsense" * 1000)
    said = ended(start, home)
    assert said.startswith("error: ")
    assert "authority.db" in said


def test_a_directory_that_is_too_deep_for_a_socket_says_so(start: Start, home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    said = ended(start, deep)
    assert "at most 107 bytes" in said


def test_a_state_directory_that_cannot_be_made_says_so(start: Start, home: Path) -> None:
    (home / ".ringwall").write_text("in the way")
    said = ended(start, home)
    assert said.startswith("error: ")
    assert ".ringwall" in said
