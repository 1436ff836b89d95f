"""What the guard costs: a bare ASGI application against the same one behind a guard, side by side in one run.

The server is uvicorn with uvloop and httptools, one process for each; the load comes from ``wrk`` in short turns that
alternate, so that a slow moment of the machine hits all of them. What counts is requests per second of the server's own
CPU time, which a busy neighbour does not change. The caller is warm: the token is in the guard's cache.
Without ``wrk``, both are driven in this process by a bare ASGI loop, and the ratio says so: without a server's own cost
beside it the guard looks dearer than it is.

    python bench/guard.py [seconds per turn] [turns]
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
BODY = b'{"id":17}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"9")]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The application that everybody measures against: no framework."""
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def make_guard() -> Any:
    """A guard whose layers are real where they are on the path of every request: verified-token cache and rules."""
    from ringwall.caller import Caller
    from ringwall.keeper import Keeper
    from ringwall.on.guard import Guard
    from ringwall.parts import Admitted, Parts
    from ringwall.policy.authorizer import Authorizer
    from ringwall.policy.rules.grant import role_policies
    from ringwall.secret import Secret
    from ringwall.settings import Service, Settings

    ann = Admitted(Caller("ann", roles=frozenset({"customer"}), proof="bearer"), TOKEN)

    class Admission:
        def admit(self, credentials: Any) -> Any:
            return ann if credentials.bearer == TOKEN else None

    class Recorder:
        def decision(self, decision: Any, caller: Any, request: Any) -> None:
            BATCH.append((decision, caller, request.method, request.path))
            if len(BATCH) > 1000:
                BATCH.clear()

    settings = Settings(Path("ringwall.toml"), "production", Service("orders"))
    rules = Authorizer(role_policies({"customer": ("order:read",)}))
    return Guard(Parts(settings, Admission(), rules, Recorder(), Keeper(), None, Secret, str, str))


TOKEN = "e30." * 170
BATCH: list[Any] = []


def guarded(mark: str) -> Any:
    """The same application behind the gate, routed by nothing but the write of its endpoint."""
    from ringwall.marks import allow
    from ringwall.on.asgi import Gate
    from ringwall.on.doorway import Doors

    guard = make_guard()
    marks: dict[str, Any] = {"signed in": allow, "action": allow("order:read")}

    endpoint = marks[mark](bare)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        scope["endpoint"] = endpoint
        await endpoint(scope, receive, send)

    return Gate(app, guard, Doors(guard, None).meet)


def starlette(*, protected: bool) -> Any:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    from ringwall.on.starlette import allow, protect

    async def show(request: Any) -> Response:
        return Response(BODY, media_type="application/json")

    app = Starlette(routes=[Route("/orders/{order_id:int}", allow("order:read")(show) if protected else show)])
    if protected:
        protect(app, guard=make_guard())
    return app


APPS = {
    "bare ASGI": lambda: bare,
    "guarded, @allow": lambda: guarded("signed in"),
    "guarded, @allow(action)": lambda: guarded("action"),
    "bare Starlette": lambda: starlette(protected=False),
    "guarded Starlette": lambda: starlette(protected=True),
}
AGAINST = {name: "bare Starlette" if "Starlette" in name else "bare ASGI" for name in APPS}


def __getattr__(name: str) -> Any:
    if name == "application":
        return APPS[os.environ["RINGWALL_BENCH_APP"]]()
    raise AttributeError(name)


def on_a_server(seconds: float, turns: int) -> dict[str, list[float]]:
    """Requests per CPU second of each application in each turn."""
    found: dict[str, list[float]] = {name: [] for name in APPS}
    processes, ports, pids = [], {}, {}
    try:
        for name in APPS:
            with socket.create_server(("127.0.0.1", 0)) as reserved:
                ports[name] = reserved.getsockname()[1]
            command = ["uvicorn", "guard:application", "--app-dir", str(HERE.parent), "--port", str(ports[name])]
            options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "critical"]
            environment = {**os.environ, "RINGWALL_BENCH_APP": name}
            processes.append(subprocess.Popen([sys.executable, "-m", *command, *options], env=environment))
            pids[name] = processes[-1].pid
        for port in ports.values():
            _wait_for(port)
        for name in APPS:
            _wrk(ports[name], 1)
        for _ in range(turns):
            for name in APPS:
                before = _cpu_seconds(pids[name])
                requests = _wrk(ports[name], seconds)
                found[name].append(requests / (_cpu_seconds(pids[name]) - before))
    finally:
        for process in processes:
            process.terminate()
            process.wait()
    return found


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wrk(port: int, seconds: float) -> int:
    """How many requests were answered."""
    command = ["wrk", "-t1", "-c16", f"-d{max(1, round(seconds))}s", "-H", f"Authorization: Bearer {TOKEN}"]
    shown = subprocess.run([*command, f"http://127.0.0.1:{port}/orders/17"], capture_output=True, text=True, check=True)
    if "Non-2xx" in shown.stdout:
        sys.exit(f"the application refused:\n{shown.stdout}")
    return int(re.search(r"(\d+) requests in", shown.stdout)[1])  # type: ignore[index]


def _wait_for(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("a server did not start")


def in_process(turns: int) -> dict[str, list[float]]:
    async def run(app: Any) -> float:
        async def send(message: Any) -> None: ...

        headers = [(b"host", b"x"), (b"authorization", f"Bearer {TOKEN}".encode())]
        base = {"type": "http", "method": "GET", "path": "/orders/17", "headers": headers, "http_version": "1.1",
                "client": ("127.0.0.1", 1), "query_string": b"", "root_path": "", "scheme": "http"}  # fmt: skip
        started = time.perf_counter()
        for _ in range(5000):
            await app(dict(base), None, send)
        return 5000 / (time.perf_counter() - started)

    apps = {name: make() for name, make in APPS.items()}
    return {name: [asyncio.run(run(app)) for _ in range(turns)] for name, app in apps.items()}


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with_server = shutil.which("wrk") is not None and "--in-process" not in sys.argv
    print(
        "uvicorn, uvloop, httptools, wrk; per CPU second of the server"
        if with_server
        else "in process, without a server"
    )
    found = on_a_server(seconds, turns) if with_server else in_process(turns)
    for name, rates in found.items():
        ratios = [rate / other for rate, other in zip(rates, found[AGAINST[name]], strict=True)]
        microseconds = 1e6 / statistics.median(rates)
        print(
            f"{name:26}{statistics.median(rates):>10,.0f}/s {microseconds:>7.1f} µs  {statistics.median(ratios):.3f}×"
        )


if __name__ == "__main__":
    main()
