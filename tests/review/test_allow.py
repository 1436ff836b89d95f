"""An allowance hides one finding, for a reason and for a time; otherwise it is one."""

from __future__ import annotations

import pytest


def said(report) -> list[tuple[int, str, str]]:
    return [(finding.line, finding.check.id, finding.message) for finding in report.findings]


GOOD = "ringwall: allow eval-of-input until=2026-12-31 because the text is ours"


def test_it_covers_its_own_line_or_the_next(reviewed) -> None:
    assert said(reviewed("a.py", f"eval(x)  # {GOOD}\n# {GOOD}\neval(y)\n")) == []
    assert said(reviewed("a.js", f"eval(x) // {GOOD}\n/* {GOOD} */\neval(y)\n")) == []
    html = GOOD.replace("eval-of-input", "autoescape-off")
    assert said(reviewed("a.html", f"{{{{ x|safe }}}} <!-- {html} -->\n{{# {html} #}}\n{{{{ x|safe }}}}\n")) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ringwall: allow eval-of-input until=2026-12-31", "an allowance without a reason"),
        ("ringwall: allow eval-of-input because it is ours", "an allowance without a date"),
        ("ringwall: allow eval-of-input until=soon because it is ours", "an allowance without a date"),
        ("ringwall: allow until=2026-12-31 because it is ours", "an allowance without a check"),
        ("ringwall: allow eval-of-input until=2026-10-31 because it is ours",
         "the allowance of eval-of-input ended on 2026-10-31"),
        ("ringwall: allow evil until=2026-12-31 because it is ours", "no check is called evil"),
    ],
)  # fmt: skip
def test_one_that_does_not_hold_is_a_finding_and_hides_nothing(reviewed, comment: str, message: str) -> None:
    findings = said(reviewed("a.py", f"eval(x)  # {comment}\n"))
    assert (1, "allowance", message) in findings
    assert (1, "eval-of-input") in [finding[:2] for finding in findings]


def test_one_with_nothing_to_allow_is_left_over_only_when_its_check_has_looked(reviewed) -> None:
    assert said(reviewed("a.py", f"# {GOOD}\nx = 1\n"))[0][1:] == (
        "allowance",
        "nothing on line 2 is eval-of-input: the allowance is left over",
    )
    assert said(reviewed("a.py", f"# {GOOD}\nx = 1\n", ignore=["eval-of-input"])) == []


def test_it_hides_no_other_check(reviewed) -> None:
    text = f"import pickle\npickle.loads(eval(x))  # {GOOD}\n"
    assert [finding[1] for finding in said(reviewed("a.py", text))] == ["unsafe-deserialization"]


def test_a_string_is_no_comment(reviewed) -> None:
    assert said(reviewed("a.py", f"x = '# {GOOD}'; eval(x + y)\n"))[0][1] == "eval-of-input"
