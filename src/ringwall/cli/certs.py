"""``ringwall certs``: every certificate, its holder, and how much of its life is left."""

from __future__ import annotations

import json
import sys
import time

import click

from ringwall.cli.speech import paint

SOON = 0.1
"""The share of its life below which a certificate that nobody renewed is about to expire."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(as_json: bool) -> None:
    """List the newest certificate of every holder. Exit status 1 when one is about to expire."""
    from ringwall.cli.operator import Operator

    now = time.time()
    newest: dict[tuple[str, str], dict[str, object]] = {}
    for row in Operator().get("/certificates"):
        life = row["not_after"] - row["not_before"]
        row["left"] = round((row["not_after"] - now) / life, 3)
        newest.setdefault((row["spiffe_id"], row["purpose"]), row)
    rows = list(newest.values())
    if as_json:
        click.echo(json.dumps(rows))
    else:
        for row in rows:
            click.echo(_line(row, now))
    sys.exit(1 if any(float(str(row["left"])) < SOON and row["withdrawn"] is None for row in rows) else 0)


def _line(row: dict[str, object], now: float) -> str:
    hours, share = (float(str(row["not_after"])) - now) / 3600, float(str(row["left"]))
    left = (
        f"{hours / 24:.0f} days" if hours > 48 else f"{hours:.0f} hours" if hours > 2 else f"{hours * 60:.0f} minutes"
    )
    state = "withdrawn" if row["withdrawn"] is not None else f"{left} left ({share:.0%} of its life)"
    text = f"{row['purpose']!s:<13} {row['spiffe_id']!s:<44} {state}"
    return paint(text, "31") if share < SOON else text
