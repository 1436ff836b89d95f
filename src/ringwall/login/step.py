"""Outcomes of steps, each of which only the step before it can make."""

from __future__ import annotations

from typing import Final

STEP: Final = object()
"""What a step shows when it makes its outcome. It leaves this package nowhere, and no outcome keeps it."""


def only_from_before(outcome: object, step: object) -> None:
    """Called by every outcome when it is made. Raises ``TypeError`` unless the step before made it."""
    if step is not STEP:
        raise TypeError(f"a {type(outcome).__name__} comes from the step before it and nowhere else")
