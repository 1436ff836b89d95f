"""Cedar's own vectors and Cedar's own engine, for whoever is to agree with them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("cedar_wasm.mjs")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of vectors that others wrote. Absent: a skip at home, a failure in CI."""
    folder = ROOT.parent / "shared" / "vectors"
    if not folder.is_dir():
        folder = ROOT.parents[1] / "shared" / "vectors"  # a second working tree, one folder deeper
    if not folder.is_dir():
        message = f"{folder} is absent"
        if os.environ.get("CI"):
            pytest.fail(f"{message}, and in CI it must be there")
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def cedar_cases(vectors: Path) -> list[dict[str, Any]]:
    """Cedar's corpus, and the hand-written cases: ``policies``, ``schema``, ``entities``, ``requests`` with answers."""
    cases: list[dict[str, Any]] = []
    for name in ("handwritten", "corpus"):
        with gzip.open(vectors / "cedar" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            cases += map(json.loads, lines)
    return cases


@pytest.fixture(scope="session")
def cedar_wasm(stranger: Callable[[str], str], node_home: Path) -> Iterator[Callable[..., Any]]:
    """``cedar_wasm("schemaToJson", text)`` is the answer of npm's ``@cedar-policy/cedar-wasm``, decoded."""
    fresh = shutil.copy(PROGRAM, node_home / f"{PROGRAM.stem}.{os.getpid()}.new")  # modules are looked for beside it
    program = Path(fresh).replace(node_home / PROGRAM.name)
    command = [stranger("node"), str(program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def ask(name: str, *given: Any) -> Any:
            node.stdin.write(json.dumps([name, *given]) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield ask
        node.stdin.close()
