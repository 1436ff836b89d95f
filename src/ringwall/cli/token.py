"""``ringwall token revoke``: refuse tokens everywhere, from now on."""

from __future__ import annotations

import click

from ringwall.errors import Misconfigured


@click.group()
def command() -> None:
    """Revoke tokens."""


@command.command()
@click.option("--jti", help="One token, by its id.")
@click.option("--sid", help="Every token of a session.")
@click.option("--sub", help="Every token of a person or service.")
@click.option("--client", help="Every token given to a client.")
@click.option("--key", help="Every token signed by a key, which then signs no more.")
@click.option("--all", "everything", is_flag=True, help="Every token there is.")
@click.option("--reason", default="", help="For the audit log.")
def revoke(everything: bool, reason: str, **named: str | None) -> None:
    """Refuse, at every guard and within a second, the tokens issued up to now that fit one option."""
    from ringwall.cli.operator import Operator

    chosen = [(kind, value) for kind, value in named.items() if value is not None]
    if everything:
        chosen.append(("all", ""))
    if len(chosen) != 1:
        raise Misconfigured("say which tokens, by exactly one option", hint="such as: ringwall token revoke --sub ann")
    kind, value = chosen[0]
    entry = Operator().post("/revocations", {"kind": kind, "value": value, "reason": reason})
    click.echo(f"Revoked: {kind} {value or 'tokens'}, as entry {entry['seq']} of the feed.")
