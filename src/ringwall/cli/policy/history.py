"""``ringwall policy history orders``: who pushed which version, and when."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

import click

from ringwall.cli.operator import Operator
from ringwall.errors import Invalid


@click.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, as_json: bool) -> None:
    """Every version of the policy set NAME that is kept, the latest first; without NAME, the sets there are."""
    answer = Operator().get(f"/policies/history?name={quote(name)}" if name else "/policies")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if name and not answer:
        raise Invalid(
            f"the authority has no policy set {name}", status=404, hint=f"ringwall policy push {name} policies/"
        )
    for entry in answer:
        label = f"{entry['version']:>4}" if name else f"{entry['name']:<20} version {entry['version']}"
        when = datetime.fromtimestamp(entry["pushed"] / 1_000_000, UTC)
        click.echo(f"{label}  {when:%Y-%m-%d %H:%M:%S} UTC  {entry['author']}  {entry['digest'][:12]}")
