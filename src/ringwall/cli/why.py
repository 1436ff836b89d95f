"""``ringwall why 01J9…``: one decision, rule by rule, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from ringwall.errors import Misconfigured

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@click.command()
@click.argument("decision")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(decision: str, as_json: bool) -> None:
    """Explain DECISION, an id from an answer or a log, out of the audit logs of the services here."""
    wanted = decision.strip().upper()
    found = next(_find(wanted), None)
    if found is None:
        raise Misconfigured(
            f"no decision {wanted} is in the audit logs here",
            hint="run this in the directory of the service, or above it; allows appear within a second",
        )
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(found.get("explanation") or f"ALLOW {found['action']}  caller {found['caller']}")
    click.echo(f"  {found.get('method', '')} {found.get('path', '')}".rstrip())


def _find(wanted: str) -> Iterator[dict[str, Any]]:
    from ringwall.cli.audit_logs import events
    from ringwall.store import decisions

    if len(wanted) != 26 or any(character not in _CROCKFORD for character in wanted):
        raise Misconfigured(
            f"{wanted!r} is no decision id", hint="it has 26 characters, such as 01JD9ZQ3V8XK2M4N5P6R7S8T9W"
        )
    milliseconds = 0
    for character in wanted[:10]:
        milliseconds = milliseconds << 5 | _CROCKFORD.index(character)
    for event in events(lambda reader: decisions.around(reader, milliseconds * 1000)):
        detail = event["detail"]
        yield from (one for one in (detail, *detail.get("decisions", ())) if one.get("id") == wanted)
