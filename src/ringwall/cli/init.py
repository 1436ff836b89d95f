"""``ringwall init``: a first ``ringwall.toml``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from ringwall.errors import Misconfigured

TEMPLATE = """\
# The only security configuration of this service. `ringwall check` explains every line.
mode = "development"                       # "production" refuses what development relaxes; `ringwall check` lists it

[service]
name = "{name}"
listen = ["public", "internal"]            # browsers and tokens; and peers, by certificate

[roles]
# customer = ["order:create"]              # what the people with a role may do
# manager = ["order:*"]

[claims]
region = "region"                          # what a token may tell us about its caller, and nothing else

# [secrets]
# receipts = {{ rotate = "30d" }}            # a random key, renewed by the authority

# [peers]
# billing = "https://billing.internal:8443"  # mutual TLS; certificates are issued and renewed by `ringwall run`
"""


@click.command()
@click.option("--name", help="The name of the service (default: this directory's).")
def command(name: str | None) -> None:
    """Write a ringwall.toml for the service in this directory. An existing one is left as it is."""
    path = Path("ringwall.toml")
    if path.exists():
        click.echo("ringwall.toml is here already; 'ringwall check' explains it.")
        return
    chosen = name or re.sub(r"[^a-z0-9-]+", "-", Path.cwd().name.lower()).strip("-") or "service"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,62}", chosen):
        raise Misconfigured(f"{chosen!r} cannot be the name of a service", hint="say one: ringwall init --name orders")
    path.write_text(TEMPLATE.format(name=chosen))
    click.echo(f"Wrote ringwall.toml for the service {chosen}.")
    click.echo("Next: 'ringwall up' starts an authority here, and 'ringwall run MODULE:app' your service.")
