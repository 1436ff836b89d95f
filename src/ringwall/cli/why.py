"""``ringwall why 01J9…``: one decision, rule by rule, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ringwall.errors import Misconfigured
from ringwall.printable import printable_lines

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@click.command()
@click.argument("decision")
@click.option("--flip", is_flag=True, help="Also look for the fewest facts that would turn the answer.")
@click.option(
    "--policies",
    "places",
    multiple=True,
    metavar="APP|PATH",
    help="What --flip asks: a service (module:attribute), or Cedar files. Without it, those of the service here.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(decision: str, flip: bool, places: tuple[str, ...], as_json: bool) -> None:
    """Explain DECISION, an id from an answer or a log, out of the audit logs of the services here.

    --flip asks the policies of the service again, about the recorded facts, and about those facts changed.
    """
    wanted = decision.strip().upper()
    service, found = next(_find(wanted), ("", None))
    if found is None:
        raise Misconfigured(
            f"no decision {wanted} is in the audit logs here",
            hint="run this in the directory of the service, or above it; allows appear within a second",
        )
    ways = _flips(service, found, places) if flip else []
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


def _flips(service: str, found: dict[str, Any], places: tuple[str, ...]) -> list[list[str]]:
    """The ways that would turn it. Raises ``Misconfigured`` where the log or the policies do not tell."""
    from ringwall.cli.policy.deciding import deciding_policies
    from ringwall.policy.comparison.recorded import recorded
    from ringwall.policy.comparison.recorded_flips import recorded_flips

    # Only a denial has its words with it.
    decision = recorded(found, allowed="explanation" not in found)
    if isinstance(decision, str):
        raise Misconfigured(f"it cannot be told what would turn it: {decision}")
    ways = recorded_flips(decision, deciding_policies(places or _places_here(service, decision.id)))
    if isinstance(ways, str):
        raise Misconfigured(
            f"it cannot be told what would turn it: {ways}",
            hint=f"give the policies of {service} as they were when it was decided: {_command(service, decision.id)}",
        )
    return [[str(change) for change in way] for way in ways]


def _places_here(service: str, decision: str) -> tuple[str, ...]:
    from ringwall.cli.policy.deciding import application_here
    from ringwall.cli.policy.files import POLICIES

    if (application := application_here(service)) is not None:
        return (application,)
    if any(Path.cwd().glob(f"*{POLICIES}")):
        return (".",)
    raise Misconfigured(
        f"the policies of {service} are not here", hint=f"in its directory, run: {_command(service, decision)}"
    )


def _command(service: str, decision: str) -> str:
    from ringwall.cli.policy.deciding import usual_application

    return f"ringwall why {decision} --flip --policies {usual_application(service)}"


def _find(wanted: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The decision, and the service that took it."""
    from ringwall.cli.audit_logs import events
    from ringwall.store import decisions

    if len(wanted) != 26 or any(character not in _CROCKFORD for character in wanted):
        raise Misconfigured(
            f"{wanted!r} is no decision id", hint="it has 26 characters, such as 01JD9ZQ3V8XK2M4N5P6R7S8T9W"
        )
    milliseconds = 0
    for character in wanted[:10]:
        milliseconds = milliseconds << 5 | _CROCKFORD.index(character)
    for service, event in events(lambda reader: decisions.around(reader, milliseconds * 1000)):
        detail = event["detail"]
        yield from ((service, one) for one in (detail, *detail.get("decisions", ())) if one.get("id") == wanted)
