"""``ringwall policy show orders:app``: every rule of a service as Cedar text."""

from __future__ import annotations

import click

from ringwall.cli import policy_history, policy_pull, policy_push


@click.group()
def command() -> None:
    """Look at the rules of a service."""


@command.command()
@click.argument("app")
def show(app: str) -> None:
    """Print the rules of APP (module:attribute): roles, marks and Python rules alike, as Cedar policies."""
    from ringwall.cli.application import load
    from ringwall.on.routes import guard_of
    from ringwall.policy.language.cedar_text import cedar_text

    click.echo(cedar_text(guard_of(load(app)).policies), nl=False)


command.add_command(policy_push.command, "push")
command.add_command(policy_pull.command, "pull")
command.add_command(policy_history.command, "history")
