"""``ringwall audit``: read the authority's log, and prove that nothing in it was changed."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import click

from ringwall.cli.speech import paint


@click.group()
def command() -> None:
    """Read and verify the audit log."""


@command.command()
@click.option("--follow", "-f", is_flag=True, help="Go on as more is written.")
@click.option("--last", default=20, show_default=True, help="How many rows to begin with.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one object a line.")
def tail(follow: bool, last: int, as_json: bool) -> None:
    """Show the newest rows."""
    from ringwall.cli.operator import Operator

    operator = Operator()
    after = max(0, int(operator.get("/health")["audit"]) - last)
    while True:
        rows = operator.get(f"/audit?after={after}")
        for row in rows:
            after = row["seq"]
            click.echo(json.dumps(row) if as_json else _line(row))
        if not rows and not follow:
            return
        if not rows:
            time.sleep(0.5)


@command.command()
def verify() -> None:
    """Recompute the chain over every row. Exit status 1 when a row is missing or was changed."""
    from ringwall.audit import chain
    from ringwall.cli.operator import Operator
    from ringwall.errors import Tampered

    operator = Operator()
    after, head = 0, chain.START
    total = int(operator.get("/health")["audit"])
    try:
        with click.progressbar(length=total, label="Verifying", file=sys.stderr) as bar:
            while rows := operator.get(f"/audit?after={after}"):
                links = [(row["seq"], row["body"].encode(), bytes.fromhex(row["hash"])) for row in rows]
                before = after
                after, head = chain.verify(links, after=after, previous=head)
                bar.update(after - before)
    except Tampered as error:
        click.echo(f"{paint('BROKEN', '31;1')}: {error.message}")
        sys.exit(1)
    click.echo(f"{paint('INTACT', '32;1')}: {after} rows, head {head.hex()}")


def _line(row: dict[str, Any]) -> str:
    event = json.loads(row["body"])
    when = datetime.fromtimestamp(event["at"] / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    detail = " ".join(f"{name}={value}" for name, value in sorted(event.get("detail", {}).items()))
    who = f"{event.get('actor') or '-'} → {event.get('subject') or '-'}"
    return f"{row['seq']:>7}  {when}  {event['kind']:<22}  {who}  {detail}".rstrip()
