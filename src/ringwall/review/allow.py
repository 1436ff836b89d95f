"""``ringwall: allow <check-id> until=YYYY-MM-DD because <reason>``, in a comment: a finding that somebody answers for.

It counts for its own line, or, standing alone, for the next one. Without a reason or a date, after that date, or when
there is nothing to allow, it is itself a finding.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ringwall.review.check import Check
from ringwall.review.checks import CHECKS
from ringwall.review.checks.allowance import check as allowance
from ringwall.review.script import Script
from ringwall.review.template import Template

_SIGN = "ringwall: allow"
_ALLOW = re.compile(r"ringwall: allow(?:\s+(?!until=|because\b)([\w-]+))?(?:\s+until=(\S+))?(?:\s+because\s+(\S.*))?")

Said = tuple[Check, int, int, str]


@dataclass(frozen=True, slots=True)
class Allow:
    """One such comment, and the line that it is about."""

    line: int
    column: int
    about: int
    id: str
    until: date | None
    reason: str


def allows_in_python(text: str) -> Iterator[Allow]:
    """The allowances in a file that parses."""
    if _SIGN not in text:
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            alone = not token.line[: token.start[1]].strip()
            yield from _parse(token.string, token.start[0], token.start[1] + 1, alone=alone)


def allows_in_script(script: Script) -> Iterator[Allow]:
    lines = {token.line for token in script.tokens} if _SIGN in script.text else set()
    for token in script.comments:
        yield from _parse(token.text.removesuffix("*/"), token.line, token.column, alone=token.line not in lines)


def allows_in_template(template: Template) -> Iterator[Allow]:
    lines = template.text.split("\n")
    for mark in template.comments():
        alone = lines[mark.line - 1].strip() == mark.text
        yield from _parse(mark.text.removesuffix("-->").removesuffix("#}"), mark.line, mark.column, alone=alone)


def settle(said: Sequence[Said], allows: Sequence[Allow], checks: Sequence[Check], today: date) -> list[Said]:
    """What remains after the allowances, and what is wrong with them."""
    kept = list(said)
    ids = {check.id for check in checks}
    for allow in allows:
        covered = [item for item in kept if item[0].id == allow.id and item[1] == allow.about]
        if wrong := _wrong(allow, today, idle=not covered and allow.id in ids):
            if allowance in checks:
                kept.append((allowance, allow.line, allow.column, wrong))
        else:
            kept = [item for item in kept if item not in covered]
    return kept


def _wrong(allow: Allow, today: date, *, idle: bool) -> str:
    if not allow.id or not allow.until or not allow.reason:
        return "an allowance without " + ("a check" if not allow.id else "a date" if not allow.until else "a reason")
    if all(check.id != allow.id for check in CHECKS):
        return f"no check is called {allow.id}"
    if allow.until < today:
        return f"the allowance of {allow.id} ended on {allow.until}"
    return f"nothing on line {allow.about} is {allow.id}: the allowance is left over" if idle else ""


def _parse(comment: str, line: int, column: int, *, alone: bool) -> Iterator[Allow]:
    if match := _ALLOW.search(comment):
        try:
            until = date.fromisoformat(match[2] or "")
        except ValueError:
            until = None
        yield Allow(line, column, line + alone, match[1] or "", until, (match[3] or "").strip())
