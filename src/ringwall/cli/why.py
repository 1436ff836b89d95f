"""``ringwall why 01J9…``: one decision, rule by rule, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from ringwall.errors import Misconfigured
from ringwall.printable import printable_lines

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@click.command()
@click.argument("decision")
@click.option("--flip", is_flag=True, help="Also look for the fewest facts that would turn the answer.")
@click.option("--policies", "paths", multiple=True, metavar="PATH", help="What --flip asks; without it, those here.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(decision: str, flip: bool, paths: tuple[str, ...], as_json: bool) -> None:
    """Explain DECISION, an id from an answer or a log, out of the audit logs of the services here.

    --flip asks the recorded facts of policies: save those of a service with `ringwall policy show APP`.
    """
    wanted = decision.strip().upper()
    found = next(_find(wanted), None)
    if found is None:
        raise Misconfigured(
            f"no decision {wanted} is in the audit logs here",
            hint="run this in the directory of the service, or above it; allows appear within a second",
        )
    ways = _flips(found, paths) if flip else []
    if as_json:
        click.echo(json.dumps({**found, "flips": ways} if flip else found))
        return
    lines = [found.get("explanation") or _allowed(found)]
    lines.append(f"  {found.get('method', '')} {found.get('path', '')}".rstrip())
    lines += [f"  it would turn with: {' and '.join(way)}" for way in ways]
    if flip and not ways:
        lines.append("  no change of three facts or fewer was found that would turn it")
    click.echo(printable_lines("\n".join(lines)))


def _allowed(found: dict[str, Any]) -> str:
    resource = f"  resource {found['resource']}" if found.get("resource") else ""
    lines = [f"ALLOW {found['action']}  caller {found['caller']}{resource}"]
    lines += [f"  permitted by {reason['rule']}  {reason['where']}".rstrip() for reason in found.get("reasons", ())]
    return "\n".join(lines)


def _flips(found: dict[str, Any], paths: tuple[str, ...]) -> list[list[str]]:
    """The ways that would turn it. Raises ``Misconfigured`` where the log or the policies do not tell."""
    from ringwall.cli.policy.files import files_of, read_deciding
    from ringwall.policy.comparison.recorded import recorded
    from ringwall.policy.comparison.recorded_flips import recorded_flips

    policies = read_deciding(files_of(paths or (".",)).policies)
    # Only a denial has its words with it.
    decision = recorded(found, allowed="explanation" not in found)
    ways = decision if isinstance(decision, str) else recorded_flips(decision, policies)
    if isinstance(ways, str):
        raise Misconfigured(
            f"it cannot be told what would turn it: {ways}",
            hint="give the policies that decided: `ringwall policy show APP > all.cedar`, then --policies all.cedar",
        )
    return [[str(change) for change in way] for way in ways]


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
