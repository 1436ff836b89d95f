"""``ringwall seal``: what is sealed under which key, and re-encryption while everything runs."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from sqlalchemy import Engine


@click.group()
def command() -> None:
    """Look after sealed columns. MODULE is where the models and their engine are, such as orders."""


@command.command()
def init() -> None:
    """Make the key ring of the service here. Losing it loses every sealed value: back it up at once."""
    from ringwall import config
    from ringwall.on.sealed_ring import ring_file

    file = ring_file(config.load(Path.cwd()))
    if file.path.exists():
        click.echo(f"The key ring {file.path} is there already; 'ringwall seal rotate MODULE' gives it a new key.")
        return
    file.create(now=time.time())
    click.echo(f"Made the key ring {file.path}. Back it up: without it, no sealed value can be read again.")


@command.command()
@click.argument("module")
@click.option("--engine", default="engine", show_default=True, help="The engine's name in MODULE.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(module: str, engine: str, as_json: bool) -> None:
    """Count the sealed cells of MODULE by column and key."""
    from ringwall.on.sqlalchemy.sealed_rotate import sealed_models
    from ringwall.on.sqlalchemy.sealed_rotate import status as count

    loaded, database = _load(module, engine)
    counts = count(database, sealed_models(loaded))
    rows = [
        (column, key.hex() or "unsealed", cells) for column, by_key in counts.items() for key, cells in by_key.items()
    ]
    if as_json:
        click.echo(json.dumps([{"column": column, "key": key, "cells": cells} for column, key, cells in rows]))
        return
    if not rows:
        click.echo(f"Module {module} has no sealed cells.")
    for column, key, cells in rows:
        click.echo(f"{column:<30} key {key:<34} {cells} cells")


@command.command()
@click.argument("module")
@click.option("--engine", default="engine", show_default=True, help="The engine's name in MODULE.")
@click.option("--batch", default=500, show_default=True, help="Rows in one transaction.")
def rotate(module: str, engine: str, batch: int) -> None:
    """Re-encrypt every sealed cell of MODULE under a new key. A rotation that was killed goes on where it was.

    Readers and writers go on meanwhile. Exit status 1 when a cell could not be read; it is left as it is.
    """
    from ringwall.on.sealed_ring import locate
    from ringwall.on.sqlalchemy.sealed_rotate import rotate as reencrypt
    from ringwall.on.sqlalchemy.sealed_rotate import sealed_models
    from ringwall.on.sqlalchemy.sealed_rotate import status as count
    from ringwall.sealing.rotate import Progress, needs_new_key

    loaded, database = _load(module, engine)
    models = sealed_models(loaded)
    if not models:
        raise Misconfigured(f"module {module!r} has no models with sealed columns")
    file = locate(models[0])
    counts = count(database, models)
    if needs_new_key(counts.values(), file.load()):
        file.update(lambda ring: ring.renewed(now=time.time()))
    total = sum(cells for by_key in counts.values() for cells in by_key.values())
    done: dict[str, int] = {}
    with click.progressbar(length=total, label="Sealing anew", file=sys.stderr) as bar:

        def show(progress: Progress) -> None:
            done[progress.column] = progress.resealed
            bar.update(sum(done.values()) - bar.pos)

        report = reencrypt(database, models, batch=batch, progress=show)
    click.echo(f"Sealed anew: {report.total} cells; {total - report.total} were under the new key already.")
    for problem in report.unreadable:
        click.echo(f"  {problem.message}", err=True)
    sys.exit(1 if report.unreadable else 0)


def _load(module: str, engine: str) -> tuple[Any, Engine]:
    from ringwall.cli.application import load_module

    loaded = load_module(module)
    found = getattr(loaded, engine, None)
    if found is None:
        raise Misconfigured(f"module {module!r} has no {engine!r}", hint="say its name: --engine NAME")
    return loaded, found
