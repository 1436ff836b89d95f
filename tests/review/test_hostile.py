"""Files made to stop a reviewer: each is read, or refused, without a crash and without a wait."""

from __future__ import annotations

import pytest

HOSTILE = {
    "open-scripts.html": "<script" * 9_000,
    "open-comments.html": "<!--" * 9_000,
    "open-expressions.html": "{{ a | " * 9_000,
    "empty-scripts.html": "<script>" * 9_000,
    "open-classes.js": "/[" * 2_000,
    "open-templates.js": "`${" * 9_000,
    "open-braces.js": "({" * 9_000,
    "arrows.js": "a=>" * 9_000,
    "headers.js": "auth.split(a)[1];" * 3_000,
    "fences.md": "```\n" * 9_000,
    "headings.txt": "Python Example:\n" * 2_000,
    "deeper-than-python.txt": "Python Example:\n" + "if x:\n" * 3_000,
    "only-decorators.txt": "Python Example:\n" + "@a\n" * 3_000,
    "long-sum.py": "x = " + " + ".join(['"select"', "from_"] * 400) + "\ncursor.execute(x)\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_stops_the_review(reviewed, name: str) -> None:
    report = reviewed(name, HOSTILE[name])
    assert report.exit_code in (0, 1, 2)
    assert report.files == 1


def test_a_comment_that_does_not_end_hides_only_what_a_browser_ignores_too(reviewed) -> None:
    assert len(reviewed("a.html", "{{ a|safe }}<!-- {{ b|safe }}").findings) == 1


def test_a_local_name_is_not_the_module_of_that_name(reviewed) -> None:
    assert reviewed("a.py", "def f(jwt):\n    return jwt.encode({})\n").findings == ()


def test_an_import_under_another_name_is_seen_through(reviewed) -> None:
    text = "from jwt import decode as read\nimport pickle as p\nread(t, k)\np.loads(b)\n"
    found = [(finding.line, finding.check.id) for finding in reviewed("a.py", text).findings]
    assert found == [(3, "jwt-no-audience"), (3, "jwt-not-verified"), (4, "unsafe-deserialization")]
