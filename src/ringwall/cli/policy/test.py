"""``ringwall policy test``: tables of requests asked, what of the policies they reach, and what they would miss."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured
from ringwall.printable import printable

if TYPE_CHECKING:
    from ringwall.cli.policy.tested import Tested
    from ringwall.policy.trial.coverage import Point
    from ringwall.policy.trial.mutants import Mutant
    from ringwall.policy.trial.mutation import Score


@click.command("test")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--coverage", is_flag=True, help="Also list the conditions that were not seen both true and false.")
@click.option("--mutate", is_flag=True, help="Also make mistakes in the policies, and list those no row notices.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(paths: tuple[str, ...], coverage: bool, mutate: bool, as_json: bool) -> None:
    """Run every table (*.test.toml) of each PATH (default: here), each against the policies that it names.

    Exit status 1 for a row that fails, and for whatever --coverage or --mutate lists.
    """
    from ringwall.cli.policy.tested import tested

    each = [tested(file, mutate=mutate) for file in _tables(paths or (".",))]
    if as_json:
        click.echo(json.dumps({"tables": [_json(one) for one in each]}, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(line for one in each for line in _lines(one, coverage)))
    found = any(
        one.failures or (coverage and one.coverage.share < 1) or (one.score is not None and one.score.survivors)
        for one in each
    )
    sys.exit(1 if found else 0)


def _tables(paths: tuple[str, ...]) -> Iterator[Path]:
    from ringwall.cli.policy.files import TABLES

    for path in map(Path, paths):
        found = sorted(path.rglob(f"*{TABLES}")) if path.is_dir() else [path]
        if not found:
            raise Misconfigured(f"no *{TABLES} is in {path}", hint="docs/policy-tools.md shows how to write one")
        yield from found


def _lines(one: Tested, coverage: bool) -> Iterator[str]:
    for failure in one.failures:
        row = failure.outcome.row
        yield f"{row.where}: {paint('FAIL', '31;1')}  {row.about}".rstrip()
        yield f"  {row.text}"
        yield f"  it was {failure.outcome.wrong}"
        yield from (f"  {line}" for line in failure.decision.explain().splitlines())
    share = one.coverage.share
    failed = f"{len(one.failures)} of {one.rows} rows failed" if one.failures else f"{one.rows} rows passed"
    yield f"{one.file}: {paint(failed, '31' if one.failures else '32')}, {share:.0%} of all branches seen"
    if coverage:
        yield from (_uncovered(point) for point in one.coverage.points if point.missing)
    for point in one.coverage.points:
        if None in point.seen:
            yield f"  {_place(point)}: {paint('erred', '33')}: {printable(point.text)}"
    if one.score is not None:
        yield from _mutants(one.score)


def _uncovered(point: Point) -> str:
    never = " nor ".join(str(outcome).lower() for outcome in point.missing)
    return f"  {_place(point)}: never {never}: {printable(point.text)}"


def _mutants(score: Score) -> Iterator[str]:
    equal = f"; {len(score.equal)} more proven to decide like the original" if score.equal else ""
    total = score.killed + len(score.survivors)
    yield f"  {score.killed} of {total} mutants noticed ({score.share:.0%}){equal}"
    for mutant in score.survivors:
        yield f"  {_where(mutant)}: {paint('survived', '33')}: {printable(mutant.change)}"


def _where(mutant: Mutant) -> str:
    return f"{mutant.span} {mutant.of.id}".strip()


def _place(point: Point) -> str:
    return f"{point.span} {point.policy}".strip()


def _json(one: Tested) -> dict[str, Any]:
    found: dict[str, Any] = {
        "file": str(one.file),
        "rows": one.rows,
        "failures": [
            {"where": failure.outcome.row.where, "row": failure.outcome.row.text, "wrong": failure.outcome.wrong,
             "explanation": failure.decision.explain()}
            for failure in one.failures
        ],
        "coverage": one.coverage.share,
        "uncovered": [
            {"where": _place(point), "text": point.text, "never": point.missing}
            for point in one.coverage.points
            if point.missing
        ],
    }  # fmt: skip
    if one.score is not None:
        survivors = [{"where": _where(mutant), "change": mutant.change} for mutant in one.score.survivors]
        found["mutants"] = {"killed": one.score.killed, "equal": len(one.score.equal), "survivors": survivors}
    return found
