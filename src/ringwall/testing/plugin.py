"""The pytest plugin, installed with the package: ``as_caller``, ``doors``, ``authority`` and ``clock``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ringwall.testing.authority import PocketAuthority, Workshop
    from ringwall.testing.clock import TurnableClock


@pytest.fixture(name="as_caller")
def as_caller_fixture() -> Callable[..., Any]:
    """``with as_caller("zed", roles=["customer"]): …``: see :func:`ringwall.testing.as_caller.as_caller`."""
    # Imported here, so that a test run that needs none of it pays for none of it.
    from ringwall.testing.as_caller import as_caller

    return as_caller


@pytest.fixture(name="doors")
def doors_fixture() -> Callable[[Any], str]:
    """``doors(app)``: see :func:`ringwall.testing.doors.doors`."""
    from ringwall.testing.doors import doors

    return doors


@pytest.fixture
def clock() -> TurnableClock:
    """``clock.turn(seconds)``: the time at ``authority``, and for guards that judge its tokens."""
    from ringwall.testing.clock import TurnableClock

    return TurnableClock()


@pytest.fixture(scope="session")
def _ringwall_workshop() -> Iterator[Workshop]:
    from ringwall.testing.authority import Workshop

    with tempfile.TemporaryDirectory(prefix="ringwall-") as directory:
        workshop = Workshop(Path(directory))
        yield workshop
        workshop.close()


@pytest.fixture
def authority(_ringwall_workshop: Workshop, clock: TurnableClock) -> Iterator[PocketAuthority]:
    """A fresh authority that every guard here trusts: see :class:`ringwall.testing.authority.PocketAuthority`."""
    from ringwall.testing.authority import PocketAuthority

    with tempfile.TemporaryDirectory(prefix="ringwall-") as directory:
        pocket = PocketAuthority(_ringwall_workshop, Path(directory) / "state", clock)
        with pocket.trusted():
            yield pocket
        pocket.close()
