"""Fixtures that every room shares."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def stranger() -> Callable[[str], str]:
    """``stranger("go")`` is the path of another project's program. Absent: a skip at home, a failure in CI."""

    def find(name: str) -> str:
        if (path := shutil.which(name)) is not None:
            return path
        message = f"{name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{message}, and in CI it must be")
        pytest.skip(message)

    return find
