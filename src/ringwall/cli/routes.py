"""``ringwall routes orders:app``: who may call what, from the framework's own router."""

from __future__ import annotations

import json

import click

from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured


@click.command()
@click.argument("app")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(app: str, as_json: bool) -> None:
    """List every door of APP (module:attribute) and what it asks for. Doors without a mark are closed."""
    from dataclasses import asdict

    from ringwall.cli.application import load
    from ringwall.on.routes import doors_of, table

    try:
        doors = doors_of(load(app))
    except TypeError as error:
        raise Misconfigured(f"{app}: {error}", hint="name a FastAPI, Starlette, Flask or Django application") from error
    if as_json:
        click.echo(json.dumps([asdict(door) for door in doors]))
        return
    click.echo(table(doors), nl=False)
    closed, public = sum(door.closed for door in doors), sum(door.mark == "public" for door in doors)
    click.echo(f"{len(doors)} doors: {paint(f'{public} open to everybody', '33')}, {closed} closed for want of a mark")
