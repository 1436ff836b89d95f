"""The example system: three services started beside an authority, each as its own process in its own directory."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import TracebackType

import click

from ringwall.errors import Misconfigured
from ringwall.on.composition.whereabouts import found

EXAMPLES = Path.cwd() / "examples"
SERVICES = {"billing": "billing:app", "orders": "orders:app", "shop": "shop:app"}
_PATIENCE = 30.0


def require_examples() -> Path:
    """The directory of the examples. Raises ``Misconfigured`` where there are none, such as beside a wheel."""
    if not (EXAMPLES / "shop").is_dir():
        raise Misconfigured(f"there are no examples in {EXAMPLES}", hint="run this in a clone of the repository")
    return EXAMPLES


class Example:
    """Starts the services in the order in which they need each other; ends them all at the end of the block."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self.url = ""

    async def __aenter__(self) -> Example:
        try:
            for name, app in SERVICES.items():
                (self._directory / ".ringwall" / "services" / name / "address.json").unlink(missing_ok=True)
                self._processes[name] = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "ringwall", "run", app, "--port", "0"), cwd=self._directory / name
                )
            for name, process in self._processes.items():
                await self._ready(name, process)
        except BaseException:
            await self._end()
            raise
        self.url = found(self._directory, "shop")["public"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def _ready(self, name: str, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while not found(self._directory, name):
            if process.returncode is not None:
                raise Misconfigured(f"the example service {name} ended with status {process.returncode}")
            if asyncio.get_running_loop().time() > deadline:
                raise Misconfigured(f"the example service {name} did not start within {_PATIENCE:.0f} s")
            await asyncio.sleep(0.05)
        click.echo(f"  {name} runs as process {process.pid}")

    async def _end(self) -> None:
        running = [process for process in self._processes.values() if process.returncode is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
