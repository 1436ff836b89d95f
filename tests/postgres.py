"""A private PostgreSQL 15, in a directory of its own, for the length of a test run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BIN = Path("/usr/lib/postgresql/15/bin")  # as Debian's packages have it
_USER = "postgres"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The DSN of an empty database. Absent: a skip at home, a failure in CI."""
    if not (_BIN / "initdb").exists():
        said = "PostgreSQL 15 is not installed: apt-get install postgresql-15"
        pytest.fail(f"{said}, and in CI it must be") if os.environ.get("CI") else pytest.skip(said)
    with private_postgres() as dsn:
        yield dsn


@contextmanager
def private_postgres() -> Iterator[str]:
    """The DSN of an empty database of its own, which listens at a unix socket only."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, _USER)
    data = home / "data"
    _run("initdb", "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-k {home} -c listen_addresses= -c fsync=off -c full_page_writes=off"
    _run("pg_ctl", "-D", str(data), "-l", str(home / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql://{_USER}@/postgres?host={home}"
    finally:
        _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(home)


def _run(program: str, *arguments: str) -> None:
    # It refuses to be root.
    as_whom = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_whom, str(_BIN / program), *arguments],
        cwd="/",
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, (program, done.stdout)
