"""``ringwall why --flip`` for a service of Python rules: a request that it refused, then the verb."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.xdist_group("cli")

CONFIGURATION = '[service]\nname = "order-desk"\nlisten = ["internal"]\n'
PROGRAM = """
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI
from ringwall.on.fastapi import Caller, allow, protect

app = FastAPI()
guard = protect(app)


@dataclass
class Order:
    id: int
    owner: str


@guard.rule("order:read")
def owner(caller: Caller, order: Order) -> bool:
    return caller.id == order.owner


def find(id: int) -> Order:
    return Order(id, "ann")


@app.get("/orders/{id}")
@allow("order:read", on="order")
def read(order: Annotated[Order, Depends(find)]) -> str:
    return "here it is"
"""
REFUSED = """
import asyncio

import httpx2
from order_desk import app
from ringwall.testing.as_caller import as_caller


async def ask():
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as client:
        return (await client.get("/orders/17")).json()


with as_caller("bob"):
    print(asyncio.run(ask())["instance"].removeprefix("urn:ulid:"))
"""
TURNS = '  it would turn with: Order::"17".owner: "ann" → "bob"'


class Service(NamedTuple):
    directory: Path
    denied: str

    def why(self, *arguments: str, here: Path | None = None) -> tuple[int, str, str]:
        return python(here or self.directory, "-m", "ringwall", "why", self.denied, "--flip", *arguments)


def python(directory: Path, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=directory, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    directory = tmp_path_factory.mktemp("desk")
    (directory / "ringwall.toml").write_text(CONFIGURATION)
    (directory / "order_desk.py").write_text(PROGRAM)
    status, said, error = python(directory, "-c", REFUSED)
    assert status == 0, error
    return Service(directory, said.strip())


@pytest.fixture
def moved(service: Service, tmp_path: Path) -> Service:
    """The same where a test may change it."""
    return Service(shutil.copytree(service.directory, tmp_path / "desk"), service.denied)


def test_its_rules_are_found_where_they_are(service: Service) -> None:
    status, said, error = service.why()
    assert (status, error) == (0, "")
    assert TURNS in said.splitlines()


def test_an_application_of_another_name_is_named(moved: Service) -> None:
    (moved.directory / "order_desk.py").rename(moved.directory / "desk.py")
    status, said, error = moved.why()
    assert (status, said) == (2, "")
    assert error == (
        "error: the policies of order-desk are not here\n"
        f"hint: in its directory, run: ringwall why {moved.denied} --flip --policies order_desk:app\n"
    )
    assert TURNS in moved.why("--policies", "desk:app")[1].splitlines()


def test_above_the_service_the_hint_names_the_command(service: Service, tmp_path: Path) -> None:
    above = tmp_path / "above"
    shutil.copytree(service.directory / ".ringwall", above / ".ringwall")
    _, _, error = service.why(here=above)
    assert f"ringwall why {service.denied} --flip --policies order_desk:app" in error


def test_the_application_of_another_service_is_not_asked(moved: Service) -> None:
    (moved.directory / "ringwall.toml").write_text(CONFIGURATION.replace("order-desk", "billing"))
    (moved.directory / "billing.py").write_text("raise SystemExit('it was asked')")
    status, _, error = moved.why()
    assert (status, error.splitlines()[0]) == (2, "error: the policies of order-desk are not here")


def test_rules_that_say_another_thing_by_now_do_not_tell(moved: Service) -> None:
    program = moved.directory / "order_desk.py"
    program.write_text(program.read_text().replace("caller.id == order.owner", "caller.id != order.owner"))
    status, _, error = moved.why()
    assert status == 2
    assert "these policies say yes, where the answer was no" in error
    assert "give the policies of order-desk as they were when it was decided" in error


def test_what_a_decision_point_elsewhere_decides_is_not_told_by_the_rules_here(moved: Service) -> None:
    (moved.directory / "ringwall.toml").write_text(f'{CONFIGURATION}[policy]\ndecision_point = "https://pdp.example"\n')
    status, said, error = moved.why()
    assert (status, said) == (2, "")
    assert "for order_desk:app the decision point https://pdp.example decides, and its policies are not here" in error


def test_files_and_an_application_together(moved: Service) -> None:
    (moved.directory / "more.cedar").write_text(
        '@id("boss") permit (principal in Role::"boss", action == Action::"order:read", resource);'
    )
    _, said, _ = moved.why("--policies", "order_desk:app", "--policies", "more.cedar")
    turns = [line for line in said.splitlines() if "it would turn with" in line]
    assert TURNS in turns
    assert any("boss" in line for line in turns)
