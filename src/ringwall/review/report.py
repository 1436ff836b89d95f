"""Reviews paths: reads each file once, shows it to every check, and gathers what they say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ringwall.errors import Misconfigured
from ringwall.review.check import Check
from ringwall.review.checks import CHECKS
from ringwall.review.finding import Finding, Unread
from ringwall.review.reviewer import Reviewer, Unreadable
from ringwall.review.source import read
from ringwall.review.walk import walk


@dataclass(frozen=True, slots=True)
class Report:
    """What a review found. ``files`` and ``lines`` count what was read; ``checks`` are those that looked."""

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    files: int
    lines: int
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 when nothing was found, 1 when something was, 2 when something could not be read."""
        return 2 if self.unread else int(bool(self.findings))


def review(
    paths: Iterable[str | Path], *, select: Iterable[str] = (), ignore: Iterable[str] = (), today: date | None = None
) -> Report:
    """Review files and folders. ``select`` and ``ignore`` are ids of checks; ``today`` decides what has expired.

    Raises Misconfigured for a path that does not exist or an id that no check has.
    """
    reviewer = Reviewer(chosen(select, ignore), today or date.today())  # noqa: DTZ011  the day of the person who asks
    findings: list[Finding] = []
    unread: list[Unread] = []
    files = lines = 0
    for path in walk(paths):
        if isinstance(path, Unread):
            unread.append(path)
            continue
        files += 1
        for piece in read(path):
            if isinstance(piece, Unread):
                unread.append(piece)
                continue
            lines += piece.text.count("\n")
            try:
                findings.extend(reviewer.findings(str(path), piece))
            except Unreadable as error:
                line = piece.place(error.line, 1)[0] if error.line else piece.before
                unread.append(Unread(str(path), line, str(error)))
    findings.sort(key=lambda finding: finding.order)
    return Report(tuple(findings), tuple(unread), files, lines, reviewer.checks)


def chosen(select: Iterable[str], ignore: Iterable[str]) -> tuple[Check, ...]:
    """The checks to run. Raises Misconfigured for an unknown id, with the nearest known one."""
    known = {check.id: check for check in CHECKS}
    select, ignore = tuple(select), tuple(ignore)
    for name in (*select, *ignore):
        if name not in known:
            raise Misconfigured(f"no check is called {name}", hint=_nearest(name, known))
    return tuple(check for check in CHECKS if (not select or check.id in select) and check.id not in ignore)


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # only when somebody mistyped

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else "ringwall review --list shows them all"
