"""``ringwall policy check``: everything that is wrong with policies and their schema, at once."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured
from ringwall.printable import printable_lines

if TYPE_CHECKING:
    from ringwall.cli.policy.checked import Checked
    from ringwall.policy.language.problem import Problem


@click.command("check")
@click.argument("paths", nargs=-1, metavar="PATH... | APP")
@click.option("--schema", metavar="FILE", help="The schema; without it, the one that lies beside the policies.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(paths: tuple[str, ...], schema: str | None, as_json: bool) -> None:
    """Parse the policies of each PATH (default: here) and their schema, validate them strictly, and warn.

    For APP (module:attribute) the same of all policies of a service: roles, marks, Python rules and Cedar files.

    Exit status: 0 for no error, 1 for any, warnings apart.
    """
    from ringwall.cli.application import names_application
    from ringwall.cli.policy.checked import checked_files, checked_service

    if len(paths) == 1 and names_application(paths[0]):
        if schema is not None:
            raise Misconfigured("--schema is for files: a service has a schema of its own", hint="leave it away")
        checked = checked_service(paths[0])
    else:
        checked = checked_files(paths or (".",), schema)
    if as_json:
        found = [_json(one, "error") for one in checked.errors] + [_json(one, "warning") for one in checked.warnings]
        click.echo(json.dumps({"findings": found}, indent=2, ensure_ascii=False))
    else:
        for one in checked.errors:
            click.echo(f"{paint('error:', '31;1')} {printable_lines(one.render())}\n")
        for warning in checked.warnings:
            click.echo(f"{paint('warning:', '33')} {printable_lines(warning.render())}\n")
        click.echo(_summary(checked))
    sys.exit(1 if checked.errors else 0)


def _json(one: Problem, severity: str) -> dict[str, object]:
    return {
        "severity": severity,
        "file": one.span.file,
        "line": one.span.line,
        "column": one.span.column,
        "policy": getattr(one, "policy", ""),
        "message": one.message,
        "hint": one.hint,
    }


def _summary(checked: Checked) -> str:
    told = ", ".join(
        f"{len(found)} {word if len(found) == 1 else word + 's'}"
        for found, word in ((checked.errors, "error"), (checked.warnings, "warning"))
    )
    untyped = not (checked.typed or checked.errors)
    against = "; no schema lies beside them, so their types were not checked" if untyped else ""
    count = f"{checked.count} {'policy' if checked.count == 1 else 'policies'}: " if checked.count is not None else ""
    return f"{count}{told}{against}"
