"""Access tokens per CPU second of the server: python bench/tokens.py [seconds] [rounds]

Client credentials, ES256, HTTP Basic, one process each, asked by the same client in turn. Ours writes an audit row for
every token, hash-chained and fsynced before the answer leaves; npm ``oidc-provider`` keeps everything in memory and
writes nothing. CPU time is that of the server's process, all its threads, from ``/proc``.

Needs Node and, once, ``npm ci`` in ``tests/strangers/node``.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = HERE.parent / "tests" / "authority" / "serve.py"
STRANGERS = HERE.parent / "tests" / "strangers" / "node"
CONNECTIONS = 32
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as directory, ours(Path(directory)) as first, oidc_provider() as second:
        figures: dict[str, list[tuple[float, float]]] = {}
        servers = {"ringwall, durable and audited": first, "oidc-provider, in memory": second}
        for server in servers.values():
            measure(server, 1.0)
        for _ in range(rounds):
            for name, server in servers.items():
                figures.setdefault(name, []).append(measure(server, seconds))
    print(f"{'ES256 access tokens':<34}{'per CPU second':>16}{'per second':>14}")
    medians = []
    for name, results in figures.items():
        medians.append(statistics.median(per_cpu for per_cpu, _ in results))
        wall = statistics.median(per_second for _, per_second in results)
        print(f"{name:<34}{medians[-1]:>16,.0f}{wall:>14,.0f}")
    print(f"{'ratio (goal 2.0)':<34}{medians[0] / medians[1]:>15.2f}×")


def measure(server: tuple[int, int, str], seconds: float) -> tuple[float, float]:
    """Tokens per CPU second of the process, and per second."""
    process, port, path = server
    before, began = cpu(process), time.perf_counter()
    count = asyncio.run(load(port, path, seconds))
    return count / (cpu(process) - before), count / (time.perf_counter() - began)


def cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def load(port: int, path: str, seconds: float) -> int:
    """Ask for tokens on every connection, one after the other, until the time is over; how many came."""
    basic = base64.b64encode(b"job:s3cret").decode()
    body = "grant_type=client_credentials"
    request = (
        f"POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\nauthorization: Basic {basic}\r\n"
        f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    ).encode()
    until = time.perf_counter() + seconds
    return sum(await asyncio.gather(*(ask(port, request, until) for _ in range(CONNECTIONS))))


async def ask(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = await reader.readexactly(length)
        assert head.startswith(b"http/1.1 200"), answer
        assert b'"access_token"' in answer
        count += 1
    writer.close()
    return count


@contextmanager
def ours(home: Path) -> Iterator[tuple[int, int, str]]:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    with subprocess.Popen([sys.executable, OURS, home], env=environment) as process:
        while not (home / "authority.json").exists():
            assert process.poll() is None
            time.sleep(0.02)
        issuer = json.loads((home / "authority.json").read_text())["issuer"]
        yield process.pid, int(issuer.rsplit(":", 1)[1]), "/token"
        process.terminate()


@contextmanager
def oidc_provider() -> Iterator[tuple[int, int, str]]:
    node = shutil.which("node") or sys.exit("node is not installed")
    if not (STRANGERS / "node_modules" / "oidc-provider").is_dir():
        sys.exit(f"oidc-provider is not installed: run 'npm install --no-package-lock' in {STRANGERS}")
    with subprocess.Popen([node, STRANGERS / "tokens.mjs"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline()), "/token"
        process.terminate()


if __name__ == "__main__":
    main()
