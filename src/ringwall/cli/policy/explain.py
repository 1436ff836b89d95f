"""``ringwall policy explain``: why one request is allowed or denied, rule by rule, value by value."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from ringwall.printable import printable


@click.command("explain")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--principal", metavar="UID", help="""Who asks: 'Person::"ann"'.""")
@click.option("--action", metavar="UID", help="What for: read, or all of it.")
@click.option("--resource", metavar="UID", help="""To what: 'Document::"plan"'.""")
@click.option("--context", metavar="RECORD", help="""With what around it: '{ ip: ip("10.8.0.1") }'.""")
@click.option("--request", "file", metavar="FILE", help="All four as JSON, in place of the options.")
@click.option("--entities", "more", multiple=True, metavar="FILE", help="Entities; without it, those beside.")
@click.option("--schema", metavar="FILE", help="The schema; without it, the one beside the policies.")
@click.option("--flip", is_flag=True, help="Also look for the fewest facts that would turn the answer.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(
    paths: tuple[str, ...],
    principal: str | None,
    action: str | None,
    resource: str | None,
    context: str | None,
    file: str | None,
    more: tuple[str, ...],
    schema: str | None,
    flip: bool,
    as_json: bool,
) -> None:
    """Ask the policies of each PATH (default: here) one request. Exit status 1 for a no."""
    from ringwall.cli.policy.asking import request_in, request_of
    from ringwall.cli.policy.files import files_of, read_deciding, read_entities, read_schema
    from ringwall.policy.explanation.explain import explain
    from ringwall.policy.explanation.flip import flips

    files = files_of(paths or (".",))
    policies, known = read_deciding(files.policies), read_schema(files.schemas, schema)
    entities = read_entities([Path(one) for one in more] or files.entities, known)
    request = request_in(Path(file), known) if file else request_of(principal, action, resource, context)
    decision = explain(policies, request, entities)
    if as_json:
        told = {
            "allowed": decision.allowed,
            "summary": decision.summary,
            "reasons": [asdict(reason) for reason in decision.reasons],
            "nearest": asdict(decision.nearest) if decision.nearest else None,
        }
        if flip:
            told["flips"] = [[str(change) for change in way] for way in flips(policies, request, entities)]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo(decision.explain())
        for way in flips(policies, request, entities) if flip else ():
            click.echo(printable(f"  it would turn with: {' and '.join(map(str, way))}"))
    sys.exit(0 if decision.allowed else 1)
