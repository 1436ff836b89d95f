"""What somebody wrote into an id reaches a terminal as text."""

from __future__ import annotations

import pytest

from ringwall.decision import Decision, RuleOutcome
from ringwall.printable import printable, printable_lines


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("order 17, größer 猫\t·", "order 17, größer 猫\t·"),
        ("\x1b[2J", "\\u{1b}[2J"),
        ("a\nerror: b\r", "a\\u{a}error: b\\u{d}"),
        ("\x9b31m\u202e\u2028", "\\u{9b}31m\\u{202e}\\u{2028}"),
    ],
)
def test_what_moves_a_cursor_is_written_out(line: str, shown: str) -> None:
    assert printable(line) == shown


def test_lines_stay_lines() -> None:
    assert printable_lines("a\x07\nb") == "a\\u{7}\nb"


def test_a_decision_is_told_without_a_line_that_a_value_forged() -> None:
    outcome = RuleOutcome("\x1b[2J", "permit", "", "", held=False)
    told = Decision(False, "x\nALLOW", "eve\x1b[1A", "", "s", nearest=outcome, remedy="\x07").explain()
    assert told.split("\n") == ["DENY x\\u{a}ALLOW  caller eve\\u{1b}[1A", "  s", "  to allow: \\u{7}"]
