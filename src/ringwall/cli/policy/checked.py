"""Everything that is wrong, or strange, with policies: those of files beside their schema, or those of a service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ringwall.cli.policy.files import files_of, read_entities, read_policies, read_schema
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema
from ringwall.policy.validation.conform import check_entities
from ringwall.policy.validation.finding import Finding, Report
from ringwall.policy.validation.lint import lint
from ringwall.policy.validation.unasked import unasked
from ringwall.policy.validation.validate import validate

if TYPE_CHECKING:
    from ringwall.guard import Guard

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """``count`` policies were read, ``None`` where some could not be; ``typed`` says whether a schema was there."""

    count: int | None
    typed: bool
    errors: tuple[Problem, ...]
    warnings: tuple[Finding, ...]


def checked_files(paths: Iterable[str], schema: str | None) -> Checked:
    """The policies of files and directories, with the ``schema`` of that name or the one that lies beside them.

    Raises ``Misconfigured`` for what is no text of a policy or schema: a file that is not there, an id that stands
    twice, entities that do not fit.
    """
    files = files_of(paths)
    problems: list[Problem] = []
    policies = _or_problems(lambda: read_policies(files.policies), problems)
    known = _or_problems(lambda: read_schema(files.schemas, schema), problems)
    report = Report()
    if policies is not None:
        report = _report(policies, known) if not problems else Report(warnings=lint(policies))
    if not problems:
        _check_entities(files.entities, known)
    count = len(policies) if policies is not None else None
    return Checked(count, known is not None, (*problems, *report.errors), report.warnings)


def checked_service(app: str) -> Checked:
    """The policies of APP (``module:attribute``): roles, marks and Python rules against the schema that is derived from
    the service, Cedar files against their own where they have one. Raises ``Misconfigured`` as loading it does.
    """
    from ringwall.cli.application import load
    from ringwall.cli.policy.service import service_schema
    from ringwall.on.routes import guard_of

    problems: list[Problem] = []
    loaded = _or_problems(lambda: load(app), problems)
    if problems:
        return Checked(None, True, tuple(problems), ())
    guard = guard_of(loaded)
    policies, derived = guard.policies, service_schema(loaded)
    own, files = _own_and_files(guard)
    bundle = guard.bundle
    reports = [
        validate(own, derived),
        validate(files, bundle.schema if bundle is not None and bundle.schema is not None else derived),
    ]
    errors = tuple(error for report in reports for error in report.errors)
    warnings = dict.fromkeys(warning for report in reports for warning in report.warnings)
    return Checked(len(policies), True, errors, (*warnings, *unasked(policies, guard.authorizer().asked)))


def _own_and_files(guard: Guard) -> tuple[list[Policy], list[Policy]]:
    files = guard.bundle.policies.policies if guard.bundle is not None else ()
    return [policy for policy in guard.policies if policy not in files], list(files)


def _report(policies: Iterable[Policy], schema: Schema | None) -> Report:
    return validate(policies, schema) if schema is not None else Report(warnings=lint(policies))


def _check_entities(files: Iterable[Path], schema: Schema | None) -> None:
    entities = read_entities(files, schema)
    if schema is not None:
        check_entities(entities, schema)


def _or_problems(read: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return read()
    except Unreadable as error:
        problems += error.problems
        return None
