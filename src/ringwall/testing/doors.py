"""Who may call what, as text that a test can compare: a newly opened door fails the build."""

from __future__ import annotations

from typing import Any

from ringwall.on.routes import doors_of, table


def doors(app: Any) -> str:
    """One line for each way into ``app``: methods, path, what its mark asks for (or ``closed``), and the handler.

    From the framework's own router, mounted applications and included routers too. Sorted, and stable from run to run.
    """
    return table(doors_of(app))
