"""One table, run: its rows, what of the policies they reach, and what mistakes they would miss."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from ringwall.cli.policy.table import Table, read_table
from ringwall.decision import Decision
from ringwall.errors import MissingExtra
from ringwall.policy.explanation.explain import explain
from ringwall.policy.policy import Policy
from ringwall.policy.trial.coverage import Coverage
from ringwall.policy.trial.mutants import Mutant
from ringwall.policy.trial.mutation import Score, score
from ringwall.policy.trial.trial import Outcome, Trial
from ringwall.policy.validation.conform import check_entities


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that came to something else, and why it did."""

    outcome: Outcome
    decision: Decision


@dataclass(frozen=True, slots=True)
class Tested:
    """What a table showed. ``score`` is there where mutants were asked for, and no row failed without them."""

    file: Path
    rows: int
    failures: list[Failure]
    coverage: Coverage
    score: Score | None


def tested(file: Path, *, mutate: bool) -> Tested:
    """Run the table of a file. Raises ``Misconfigured``."""
    table = read_table(file)
    if table.schema is not None:
        check_entities(table.entities, table.schema)
    trial, coverage = Trial(table.policies, table.entities), Coverage(table.policies, table.entities)
    failures: list[Failure] = []
    for row in table.rows:
        coverage.ask(row.request)
        outcome = trial.outcome(row)
        if outcome.wrong:
            failures.append(Failure(outcome, explain(table.policies, row.request, table.entities)))
    found = _score(table) if mutate and not failures else None
    return Tested(file, len(table.rows), failures, coverage, found)


def _score(table: Table) -> Score:
    def is_same(changed: list[Policy]) -> bool:
        try:
            from ringwall.policy.comparison.difference import difference
        except MissingExtra:
            return False  # without the extra "diff" a mutant that decides like its original counts as a survivor
        return difference(table.policies, changed, table.schema, seconds=_PROOF, most=1).same

    def progress(mutants: Sequence[Mutant]) -> Iterator[Mutant]:
        with click.progressbar(mutants, label="Mutants", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            yield from bar

    return score(table.policies, table.rows, table.entities, is_same=is_same, progress=progress)


_PROOF = 5.0
"""Seconds for the proof that a survivor decides like its original."""
