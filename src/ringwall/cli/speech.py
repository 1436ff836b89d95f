"""How the command line speaks: ``error: …``, ``hint: …``, and colour only on a terminal that wants it."""

from __future__ import annotations

import os
import sys
from typing import IO

from ringwall.errors import RingwallError
from ringwall.printable import printable_lines


def error(problem: RingwallError) -> str:
    """The lines of an error, its words coloured when stderr is a terminal."""
    words = {"error:": paint("error:", "31;1", sys.stderr), "hint:": paint("hint:", "36", sys.stderr)}
    lines = []
    for line in printable_lines(problem.render()).split("\n"):
        word = next((word for word in words if line.startswith(word)), "")
        lines.append(words.get(word, "") + line.removeprefix(word))
    return "\n".join(lines)


def paint(text: str, code: str, stream: IO[str] | None = None) -> str:
    """``text`` in the SGR colour ``code``, or as it is when ``stream`` (default: stdout) is no terminal."""
    target = stream or sys.stdout
    if not target.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{code}m{text}\x1b[0m"
