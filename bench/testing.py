"""What the ``authority`` fixture costs a test: a fresh authority with keys, people, pages and a socket.

Prints milliseconds, medians. Run: ``python bench/testing.py``.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

ROUNDS = 60


def main() -> None:
    begun = time.perf_counter()
    from ringwall.testing.authority import PocketAuthority, Workshop
    from ringwall.testing.clock import TurnableClock

    imported = time.perf_counter()
    shared = tempfile.TemporaryDirectory()
    workshop = Workshop(Path(shared.name))
    print(
        f"once: import {1e3 * (imported - begun):.0f} ms, shared parts {1e3 * (time.perf_counter() - imported):.0f} ms"
    )
    made, closed, minted = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as directory:
            begun = time.perf_counter()
            pocket = PocketAuthority(workshop, Path(directory) / "state", TurnableClock())
            ready = time.perf_counter()
            pocket.token("ann", "orders")
            signed = time.perf_counter()
            pocket.close()
            made.append(ready - begun)
            minted.append(signed - ready)
            closed.append(time.perf_counter() - signed)
    workshop.close()
    shared.cleanup()
    print(f"each test: made in {ms(made)}, closed in {ms(closed)}; a token in {ms(minted)}")


def ms(seconds: list[float]) -> str:
    return f"{1e3 * statistics.median(seconds):.1f} ms"


if __name__ == "__main__":
    main()
