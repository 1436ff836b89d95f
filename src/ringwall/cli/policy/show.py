"""``ringwall policy show orders:app``: every policy of a service as Cedar text."""

from __future__ import annotations

import click


@click.command("show")
@click.argument("app")
def command(app: str) -> None:
    """Print the policies of APP (module:attribute): roles, marks and Python rules alike, as Cedar policies."""
    from ringwall.cli.application import load
    from ringwall.on.routes import guard_of
    from ringwall.policy.language.cedar_text import cedar_text

    click.echo(cedar_text(guard_of(load(app)).policies), nl=False)
