"""docs/policy-tools.md does what it says: its files, and each command whose answer it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "policy-tools.md").read_text(encoding="utf-8")
FILES = {"cedarschema": "orders.cedarschema", "cedar": "orders.cedar", "toml": "orders.test.toml"}
SHOWN = re.findall(r"```\n\$ ringwall (policy (?:check|test)[^\n]*)\n(.*?)```", PAGE, re.DOTALL)

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which somebody did what the page says."""
    directory = tmp_path_factory.mktemp("policies")
    for language, text in re.findall(r"```(cedarschema|cedar|toml)\n(.*?)```", PAGE, re.DOTALL):
        (directory / FILES[language]).write_text(text, encoding="utf-8")
    return directory


def test_the_page_shows_answers() -> None:
    assert [command for command, _ in SHOWN] == [
        "policy check", "policy test", "policy test --coverage", "policy test --mutate",
    ]  # fmt: skip


@pytest.mark.parametrize(("command", "answer"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_of_the_page(command: str, answer: str, followed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ringwall", *shlex.split(command)],
        cwd=followed, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stdout == answer, done.stderr
