"""What a production authority refuses to start with, when its store was used for development before."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from ringwall.authority import deployment
from ringwall.authority.hazards import hazards
from ringwall.authority.kept import Kept, kept
from ringwall.authority.running import Running


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_what_development_left_behind_is_a_hazard() -> None:
    # Not below pytest's own directory: a Unix socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="rw") as directory:
        running = await Running.start(deployment.development(Path(directory)))
        await running.stop()
        held = kept(Path(directory) / ".ringwall")
    assert held == Kept(frozenset({"ann", "max", "sue"}), frozenset({"demo"}))
    found = {hazard.id for hazard in hazards(running.deployment, held)}
    assert {"mode-development", "development-person", "development-client", "issuer-http"} <= found


def test_a_store_that_is_not_there_holds_nobody(tmp_path: Path) -> None:
    assert kept(tmp_path) == Kept()
    ids = {hazard.id for hazard in hazards(deployment.development(tmp_path), Kept())}
    assert not ids & {"development-person", "development-client"}
