"""The guide's own example: its table covers every branch and notices every mistake; written with any(), a stranger."""

from __future__ import annotations

from pathlib import Path

from ringwall.cli.policy.files import read_deciding
from ringwall.cli.policy.table import read_table
from ringwall.policy.comparison.difference import difference
from ringwall.policy.trial.coverage import Coverage
from ringwall.policy.trial.mutation import score
from ringwall.policy.trial.trial import Trial
from ringwall.policy.validation.validate import validate

GUIDE = Path(__file__).parents[3] / "examples" / "policies" / "guide"

TABLE = read_table(GUIDE / "guide.test.toml")


def test_it_validates_without_a_warning() -> None:
    assert TABLE.schema is not None
    report = validate(TABLE.policies, TABLE.schema)
    assert (report.errors, report.warnings) == ((), ())


def test_every_row_passes_and_every_branch_is_seen() -> None:
    trial, coverage = Trial(TABLE.policies, TABLE.entities), Coverage(TABLE.policies, TABLE.entities)
    for row in TABLE.rows:
        assert not trial.outcome(row).wrong
        coverage.ask(row.request)
    assert coverage.share == 1.0
    assert not [point.text for point in coverage.points if None in point.seen]


def test_no_mistake_survives() -> None:
    def is_same(changed: list[object]) -> bool:
        return difference(TABLE.policies, changed, TABLE.schema, most=1).same  # type: ignore[arg-type]

    found = score(TABLE.policies, TABLE.rows, TABLE.entities, is_same=is_same)
    assert [mutant.change for mutant in found.survivors] == []
    assert found.killed >= 65


def test_written_with_any_it_lets_a_stranger_in() -> None:
    as_written = read_deciding([GUIDE / "as-written" / "as-written.cedar"])
    found = difference(TABLE.policies, as_written, TABLE.schema)
    stranger = next(one for one in found.newly_allowed.found if one.allowing.reasons == ("sensitive",))
    person, document = (stranger.entities[uid] for uid in (stranger.request.principal, stranger.request.resource))
    assert document.attributes["owner"] != person.uid
    assert person.attributes.get("department") not in ("admin", "management")
    assert not found.newly_denied.found
    assert not found.newly_denied.undecided
