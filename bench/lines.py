"""Lines of security on the reference service: what it has over the bare one, Python and TOML. Goal: at most 30.

A line is one that is neither blank nor only a comment nor part of a docstring.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
GUARDED = ROOT / "tests" / "typing" / "service_fastapi.py"
BARE = Path(__file__).parent / "service_bare.py"
CONFIGURATION = ROOT / "examples" / "orders" / "ringwall.toml"


def python_lines(path: Path) -> int:
    source = path.read_text()
    docstrings = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                docstrings |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    numbered = enumerate(source.splitlines(), 1)
    return sum(1 for number, line in numbered if number not in docstrings and line.strip() and line.strip()[0] != "#")


def toml_lines(path: Path) -> int:
    text = path.read_text()
    tomllib.loads(text)
    return sum(1 for line in text.splitlines() if line.strip() and line.strip()[0] != "#")


def main() -> None:
    bare, guarded, configuration = python_lines(BARE), python_lines(GUARDED), toml_lines(CONFIGURATION)
    print(f"bare service            {bare:4} lines")
    print(f"guarded service         {guarded:4} lines of Python, {configuration} of TOML")
    print(f"security, all together  {guarded + configuration - bare:4} lines")


if __name__ == "__main__":
    main()
