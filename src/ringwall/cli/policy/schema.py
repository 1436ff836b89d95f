"""``ringwall policy schema orders:app``: the Cedar schema of a service, from its classes, marks and claims."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("schema")
@click.argument("app")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@click.option("--json", "as_json", is_flag=True, help="Cedar's own JSON form of schemas.")
def command(app: str, output: Path | None, as_json: bool) -> None:
    """Print the schema that policies of APP (module:attribute) are about: to be kept beside them, and checked against.

    A shell's > would empty a schema that the service reads before this has read the service; --output does not.
    """
    from ringwall.cli.application import load
    from ringwall.cli.policy.service import service_schema
    from ringwall.policy.schema.schema_json import schema_to_json
    from ringwall.policy.schema.schema_text import schema_text

    schema = service_schema(load(app))
    text = json.dumps(schema_to_json(schema), indent=2) if as_json else schema_text(schema).rstrip()
    if output is None:
        click.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")
        click.echo(f"Wrote {output}.")
