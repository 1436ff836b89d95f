"""``ringwall policy check``: everything that is wrong with policies and their schema, at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ringwall.cli.speech import paint
from ringwall.printable import printable_lines

if TYPE_CHECKING:
    from ringwall.policy.language.problem import Problem
    from ringwall.policy.policy import Policy
    from ringwall.policy.schema.schema import Schema
    from ringwall.policy.validation.finding import Finding

T = TypeVar("T")


@click.command("check")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--schema", metavar="FILE", help="The schema; without it, the one that lies beside the policies.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(paths: tuple[str, ...], schema: str | None, as_json: bool) -> None:
    """Parse the policies of each PATH (default: here) and their schema, validate them strictly, and warn.

    Exit status: 0 for no error, 1 for any, warnings apart.
    """
    from ringwall.cli.policy.files import files_of, read_policies, read_schema
    from ringwall.policy.validation.lint import lint
    from ringwall.policy.validation.validate import validate

    files = files_of(paths or (".",))
    problems: list[Problem] = []
    policies = _or_problems(lambda: read_policies(files.policies), problems)
    known = _or_problems(lambda: read_schema(files.schemas, schema), problems)
    errors: list[Finding] = []
    warnings: list[Finding] = []
    if policies is not None and known is not None:
        report = validate(policies, known)
        errors, warnings = list(report.errors), list(report.warnings)
    elif policies is not None:
        warnings = list(lint(policies))
    if not problems:
        _check_entities(files.entities, known)
    if as_json:
        found = [_json(one, "error") for one in (*problems, *errors)] + [_json(one, "warning") for one in warnings]
        click.echo(json.dumps({"findings": found}, indent=2, ensure_ascii=False))
    else:
        for one in (*problems, *errors):
            click.echo(f"{paint('error:', '31;1')} {printable_lines(one.render())}\n")
        for one in warnings:
            click.echo(f"{paint('warning:', '33')} {printable_lines(one.render())}\n")
        click.echo(_summary(policies, known, len(problems) + len(errors), len(warnings)))
    sys.exit(1 if problems or errors else 0)


def _check_entities(files: Iterable[Path], schema: Schema | None) -> None:
    from ringwall.cli.policy.files import read_entities
    from ringwall.policy.validation.conform import check_entities

    entities = read_entities(files, schema)
    if schema is not None:
        check_entities(entities, schema)


def _or_problems(read: Callable[[], T], problems: list[Problem]) -> T | None:
    from ringwall.policy.language.problem import Unreadable

    try:
        return read()
    except Unreadable as error:
        problems += error.problems
        return None


def _json(one: Problem | Finding, severity: str) -> dict[str, object]:
    return {
        "severity": severity,
        "file": one.span.file,
        "line": one.span.line,
        "column": one.span.column,
        "policy": getattr(one, "policy", ""),
        "message": one.message,
        "hint": one.hint,
    }


def _summary(policies: tuple[Policy, ...] | None, schema: Schema | None, errors: int, warnings: int) -> str:
    told = [
        f"{count} {word if count == 1 else word + 's'}" for count, word in ((errors, "error"), (warnings, "warning"))
    ]
    against = "" if schema is not None or errors else "; no schema lies beside them, so their types were not checked"
    count = f"{len(policies)} {'policy' if len(policies) == 1 else 'policies'}: " if policies is not None else ""
    return f"{count}{', '.join(told)}{against}"
