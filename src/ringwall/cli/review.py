"""``ringwall review PATH…``: finds what was forgotten in code, and says why it matters and how to fix it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ringwall import __version__
from ringwall.cli import speech
from ringwall.errors import Misconfigured
from ringwall.review import Report, render, review
from ringwall.review.checks import CHECKS
from ringwall.review.sarif import sarif


@click.command("review")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--sarif", "sarif_file", metavar="FILE", help="Also write the report as SARIF 2.1.0.")
@click.option("--select", default="", metavar="IDS", help="Only these checks (ids, with commas between them).")
@click.option("--ignore", default="", metavar="IDS", help="All checks but these.")
@click.option("--list", "show_checks", is_flag=True, help="Show every check, and leave.")
def command(
    paths: tuple[str, ...], as_json: bool, sarif_file: str | None, select: str, ignore: str, show_checks: bool
) -> None:
    """Review Python, JavaScript and HTML under each PATH, and the samples of code in a text.

    Exit status: 0 nothing found, 1 findings, 2 a file could not be read or the command makes no sense.
    """
    if show_checks:
        for check in CHECKS:
            click.echo(f"{check.id:<32}{check.severity:<8}CWE-{check.cwe:<6}{check.title}")
        return
    if not paths:
        raise Misconfigured("no path to review", hint="ringwall review src")
    report = review(paths, select=_ids(select), ignore=_ids(ignore))
    if sarif_file:
        _write(Path(sarif_file), sarif(report, version=__version__))
    _show(report, as_json=as_json)
    sys.exit(report.exit_code)


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(render.as_json(report), indent=2, ensure_ascii=False))
    else:
        for line in render.lines(report, paint=speech.paint):
            click.echo(line)
    for unread in report.unread:
        last = unread is report.unread[-1]
        hint = "what was not read was not reviewed: repair it, or name only what can be read" if last else ""
        click.echo(speech.error(Misconfigured(f"{unread.place}: not read: {unread.reason}", hint=hint)), err=True)


def _write(file: Path, content: dict[str, Any]) -> None:
    try:
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from error


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
