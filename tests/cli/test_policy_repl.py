"""``ringwall policy repl`` with its lines from a pipe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("cli")


def test_lines_are_answered_and_an_error_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.cedar").write_text('@id("all") permit (principal == User::"ann", action, resource);')
    lines = ["1 + 1", "1 +", "__import__('os').system('true')", 'principal User::"ann"', "ask", "quit", "3"]
    done = subprocess.run(
        [sys.executable, "-m", "ringwall", "policy", "repl"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, input="\n".join(lines),
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "2",
        'ALLOW Action::"nothing"  caller User::"ann"  resource Nothing::""',
        "  permitted by all  a.cedar:1",
        '  ✓ principal == User::"ann"              User::"ann" == User::"ann"',
    ]
    assert done.stderr.count("error:") == 2
    assert "Traceback" not in done.stderr
