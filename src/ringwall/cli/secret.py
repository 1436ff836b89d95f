"""``ringwall secret``: set, get, rotate and list secrets, and see their history."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ringwall.cli.operator import Operator
from ringwall.errors import Invalid
from ringwall.known_values import MASK


@click.group()
def command() -> None:
    """Secrets in the authority's vault, by paths such as orders/receipts: the service, then the name."""


@command.command("set")
@click.argument("path")
@click.option("--value-file", metavar="FILE", help="Read the value from FILE; - is standard input.")
def set_(path: str, value_file: str | None) -> None:
    """Give PATH a new value, asked for without echo.

    There is no way to write the value on the command line: it would stand in the shell's history.
    """
    value = _value(path, value_file)
    if not value:
        raise Invalid("the value is empty", hint="nothing was changed")
    answer = Operator().post(f"/v1/secret/data/{_plain(path)}", {"data": {"value": value}})
    click.echo(f"{path} is now version {answer['data']['version']}")


@command.command()
@click.argument("path")
@click.option("--show", is_flag=True, help="Print the value itself.")
@click.option("--version", "number", type=click.IntRange(min=1), help="A version other than the latest.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def get(path: str, show: bool, number: int | None, as_json: bool) -> None:
    """Show the fields of PATH, masked unless --show is given."""
    query = f"?version={number}" if number else ""
    data = _found(path, Operator().get(f"/v1/secret/data/{_plain(path)}{query}"))["data"]
    version, fields = data["metadata"]["version"], data["data"]
    if fields is None:
        state = "destroyed" if data["metadata"]["destroyed"] else "deleted"
        raise Invalid(f"version {version} of {path} is {state}", status=404)
    shown = {name: value if show else MASK for name, value in fields.items()}
    if as_json:
        click.echo(json.dumps({"path": path, "version": version, "data": shown}, ensure_ascii=False))
        return
    click.echo(f"{path}, version {version}")
    for name, value in shown.items():
        click.echo(f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


@command.command()
@click.argument("path")
def rotate(path: str) -> None:
    """Give PATH a new random value. Services take it up within seconds, without a restart."""
    data = _found(path, Operator().post(f"/v1/ringwall/rotate/{_plain(path)}", {}))["data"]
    click.echo(f"{path} is now version {data['version']}")


@command.command()
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(path: str, as_json: bool) -> None:
    """Every version of PATH that is kept: when it was made, by whom, and what became of it."""
    data = _found(path, Operator().get(f"/v1/ringwall/history/{_plain(path)}"))["data"]
    if as_json:
        click.echo(json.dumps({"path": path, **data}))
        return
    rotation = f", renewed every {data['rotate']} s" if data["rotate"] else ""
    click.echo(f"{path}{rotation}")
    for version in data["versions"]:
        click.echo(
            f"  {version['version']:>4}  {_when(version['created_time'])}  {version['author']}{_state(version, data)}"
        )


@command.command("list")
@click.argument("path", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(path: str, as_json: bool) -> None:
    """The secrets below PATH, or all that there are."""
    operator = Operator()
    names = sorted(_below(operator, _plain(path).strip("/")))
    if as_json:
        click.echo(json.dumps(names, ensure_ascii=False))
        return
    for name in names:
        click.echo(name)


def _below(operator: Operator, path: str) -> list[str]:
    answer = operator.get(f"/v1/secret/metadata/{path}{'/' if path else ''}?list=true")
    found: list[str] = []
    for key in answer["data"]["keys"] if answer else ():
        inner = f"{path}/{key}" if path else key
        found += _below(operator, inner.rstrip("/")) if key.endswith("/") else [inner]
    return found


def _value(path: str, value_file: str | None) -> str:
    if value_file is None:
        if sys.stdin.isatty():
            return str(click.prompt(f"value of {path}", hide_input=True, confirmation_prompt=True))
        value_file = "-"
    try:
        raw = sys.stdin.buffer.read() if value_file == "-" else Path(value_file).read_bytes()
        return raw.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise Invalid(f"cannot read {value_file}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError:
        raise Invalid("the value is not text in UTF-8", hint="encode it first, for example with base64") from None


def _plain(path: str) -> str:
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.rstrip("/").split("/") if path):
        raise Invalid(f"{path!r} is no path of a secret", hint="write it as service/name, such as orders/receipts")
    return path


def _found(path: str, answer: Any) -> Any:
    if answer is None:
        raise Invalid(f"there is no secret {path}", status=404, hint=f"ringwall secret set {path}")
    return answer


def _when(stamp: str) -> str:
    return stamp[:19].replace("T", " ") + " UTC"


def _state(version: Any, data: Any) -> str:
    if version["destroyed"]:
        return ", destroyed"
    if version["deletion_time"]:
        return f", deleted from {_when(version['deletion_time'])}"
    return ", current" if version["version"] == data["current_version"] else ""
