"""Programs of node, which stand beside the tests that run them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def node_program(stranger: Callable[[str], str], node_home: Path) -> Callable[[Path], list[str]]:
    """``node_program(path)`` is the command that runs this ``.mjs`` file with npm's packages in reach."""
    node = stranger("node")

    def command(program: Path) -> list[str]:
        # Modules are looked for beside the program, so a copy goes where they are. Nobody runs half of one.
        fresh = shutil.copy(program, node_home / f"{program.stem}.{os.getpid()}.new")
        return [node, str(Path(fresh).replace(node_home / program.name))]

    return command
