"""What is published is whole: the wheel, installed in an empty environment, runs the wanted program."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from .conftest import Installation, Localhost, environment

pytestmark = [pytest.mark.xdist_group("want"), pytest.mark.slow]

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PACKAGE = ROOT / "src" / "ringwall"


def pip(python: str | Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment())
    assert done.returncode == 0, done.stderr


def test_the_wheel_runs_the_wanted_program(tmp_path: Path, installed: Callable[..., Installation]) -> None:
    pip(sys.executable, "wheel", str(ROOT), "--no-deps", "-w", str(tmp_path))
    (wheel,) = tmp_path.glob("ringwall-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("ringwall/")}
    ours = {f"ringwall/{file.relative_to(PACKAGE)}" for file in PACKAGE.rglob("*") if file.is_file()}
    assert packed == {name for name in ours if "__pycache__" not in name}

    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=60)
    python = tmp_path / "venv" / "bin" / "python"
    pip(python, "install", f"{wheel}[all]")

    shop = installed(str(python))
    program = (HERE.parent / "typing" / "service_fastapi.py").read_text()
    (shop.directory / "orders.py").write_text(f"{program}\n\nBase.metadata.create_all(engine)\n")
    assert "Wrote ringwall.toml" in shop.run("init", "--name", "orders")
    assert shop.run("up", "--example", status=2).startswith("error: there are no examples in ")
    assert {file.name for file in shop.directory.iterdir()} == {"orders.py", "ringwall.toml"}

    # What `ringwall init` wrote names no peer and no secret yet; the wanted configuration does.
    (shop.directory / "ringwall.toml").write_text((HERE / "ringwall.toml").read_text())
    shop.start("up", until=r"The authority runs at (\S+);")
    url = shop.start("run", "orders:app", "--port", "0", until=r"orders listens at (\S+)")[1]
    with httpx2.Client(transport=Localhost(), base_url=url, timeout=20) as stranger:
        assert stranger.get("/health").json() == "ok"
        assert stranger.get("/me").status_code == 401
        login = stranger.get("/login", follow_redirects=True)
        assert login.status_code == 200, login.text
        assert "Log in" in login.text
        assert stranger.get(login.url.copy_with(path="/pages.css", query=None)).status_code == 200
