from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringwall.authority.ca.attest import by_directory, by_user


def test_a_registered_user_is_its_service() -> None:
    attest = by_user({1001: "orders", 1002: "billing"})
    assert attest(1, 1001, 1) == "orders"
    assert attest(1, 1002, 1) == "billing"
    assert attest(1, 0, 0) is None


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    directory = tmp_path / "shop" / "orders" / "src"
    directory.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=directory, stdin=subprocess.PIPE) as child:
        yield child
        child.kill()


def test_a_process_is_the_service_of_its_directory(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    attest = by_directory(tmp_path)
    me = os.geteuid()
    assert attest(process.pid, me, 0) is None
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "shop"\n')
    assert attest(process.pid, me, 0) == "shop"
    (tmp_path / "shop/orders/ringwall.toml").write_text('[service]\nname = "orders"\n')
    assert attest(process.pid, me, 0) == "orders"


def test_attack_process_of_another_user(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "orders"\n')
    assert by_directory(tmp_path)(process.pid, os.geteuid() + 1, 0) is None


def test_attack_service_outside_the_authoritys_directory(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "orders"\n')
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert by_directory(other)(process.pid, os.geteuid(), 0) is None


@pytest.mark.parametrize(
    "text",
    ["", "[service", "[service]\nname = 7", '[service]\nname = "a/b"', '[service]\nname = "../x"',
     '[service]\nname = ""', 'service = "orders"', "\xff", "#" * 300_000 + '\n[service]\nname = "orders"'],
)  # fmt: skip
def test_attack_hostile_declaration(process: subprocess.Popen[bytes], tmp_path: Path, text: str) -> None:
    (tmp_path / "ringwall.toml").write_text(text, encoding="latin-1")
    assert by_directory(tmp_path)(process.pid, os.geteuid(), 0) is None


def test_attack_declaration_that_is_no_file(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "ringwall.toml").mkdir()
    assert by_directory(tmp_path)(process.pid, os.geteuid(), 0) is None
    (tmp_path / "ringwall.toml").rmdir()
    os.mkfifo(tmp_path / "ringwall.toml")
    assert by_directory(tmp_path)(process.pid, os.geteuid(), 0) is None


def test_attack_process_number_given_to_another_process_meanwhile(tmp_path: Path) -> None:
    """The directory is read, and by then the number belongs to a process that started at another time."""
    proc = tmp_path / "proc" / "77"
    proc.mkdir(parents=True)
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "orders"\n')
    (proc / "cwd").symlink_to(tmp_path)

    def stat(started: int) -> str:
        return f"77 (evil) 1 2) S {' '.join(['0'] * 18)} {started} 0 0"

    (proc / "stat").write_text(stat(100))
    assert by_directory(tmp_path, proc=tmp_path / "proc")(77, os.geteuid(), 0) == "orders"

    class Changing(type(proc)):  # type: ignore[misc]
        def readlink(self) -> Path:
            (proc / "stat").write_text(stat(200))
            return super().readlink()  # type: ignore[no-any-return]

    (proc / "stat").write_text(stat(100))
    assert by_directory(tmp_path, proc=Changing(tmp_path / "proc"))(77, os.geteuid(), 0) is None


def test_a_process_that_is_gone_is_nobody(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert by_directory(tmp_path)(child.pid, os.geteuid(), 0) is None
