"""``ringwall policy show orders:app``: every policy of a service as Cedar text."""

from __future__ import annotations

import json

import click


@click.command("show")
@click.argument("app")
@click.option("--json", "as_json", is_flag=True, help="Cedar's own JSON form of policies.")
def command(app: str, as_json: bool) -> None:
    """Print the policies of APP (module:attribute): roles, marks and Python rules alike, as Cedar policies."""
    from ringwall.cli.application import load
    from ringwall.on.routes import guard_of
    from ringwall.policy.language.cedar_text import cedar_text

    policies = guard_of(load(app)).policies
    if as_json:
        from ringwall.policy.language.policy_json import policies_to_json
        from ringwall.policy.policy_set import PolicySet

        click.echo(json.dumps(policies_to_json(PolicySet.of(policies)), indent=2))
    else:
        click.echo(cedar_text(policies), nl=False)
