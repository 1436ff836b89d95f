"""From ``ringwall up`` in an empty directory to the first token, and the authority's memory. Goals: 1 s and 80 MB.

The token is one for a service of this machine, got the way services get theirs: a certificate from the Workload API,
then client credentials over mutual TLS.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ringwall.config import load
from ringwall.on.composition.parts import Composition

ROUNDS = 5


def memory(pid: int) -> float:
    """Proportional set size in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def measure() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="rw") as name:
        directory = Path(name)
        (directory / "ringwall.toml").write_text('[service]\nname = "orders"\nlisten = ["internal"]\n')
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "ringwall", "up"], cwd=directory, stdout=subprocess.DEVNULL)
        try:
            note = directory / ".ringwall" / "authority.json"
            while not note.exists():
                time.sleep(0.002)
            seconds = time.perf_counter() - start
            composed = _attached(directory, process.pid)
            token = time.perf_counter()
            assert asyncio.run(_token(composed)).startswith("eyJ")
            seconds += time.perf_counter() - token
            composed.stop()
            return seconds, memory(process.pid)
        finally:
            process.terminate()
            process.wait()


def _attached(directory: Path, _pid: int) -> Composition:
    import os

    os.chdir(directory)  # the kernel says which directory a process is in, and so which service it is
    composed = Composition(load(directory))
    assert composed.identity_snapshot.wait(10)
    return composed


async def _token(composed: Composition) -> str:
    from ringwall.on.composition.authority_client import AuthorityClient

    client = AuthorityClient(composed.settings, composed.identity).current()
    form = {"grant_type": "client_credentials", "client_id": str(composed.identity().spiffe_id), "audience": "orders"}
    response = await client.post("/token", data=form)
    await client.aclose()
    return str(json.loads(response.content)["access_token"])


def main() -> None:
    rounds = [measure() for _ in range(ROUNDS)]
    seconds, megabytes = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"ringwall up to first token  {seconds:6.2f} s   (goal 1.00 s)")
    print(f"memory of the authority     {megabytes:6.1f} MB (goal 80 MB)")


if __name__ == "__main__":
    main()
