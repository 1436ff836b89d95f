"""Samples are found in a text, with the lines they have there."""

from __future__ import annotations

import ast

import pytest

from ringwall.review.outline import indent
from ringwall.review.samples import samples

MARKDOWN = """\
# A page

```python
eval(a)
```

- in a list:
   ~~~js
   eval(b)
   ~~~

```console
eval c
```
"""


def test_fences_are_read_by_their_language() -> None:
    assert [(s.language, s.text, s.before) for s in samples(MARKDOWN)] == [
        ("python", "eval(a)\n", 3),
        ("javascript", "eval(b)\n", 8),
    ]


def test_a_block_under_a_heading_ends_at_the_next_heading_outside_its_strings() -> None:
    text = 'Python Example:\ndef f():\n    """\n    Not a heading:\n    """\n# a comment\nTrade-offs:\n- none\n'
    (sample,) = samples(text)
    assert sample.text.splitlines()[-1] == "# a comment"
    assert sample.before == 1


def test_findings_in_a_text_have_the_place_they_have_there(reviewed) -> None:
    report = reviewed("page.md", MARKDOWN)
    assert [(finding.line, finding.column) for finding in report.findings] == [(4, 1), (9, 1)]


def test_a_sample_that_does_not_parse_is_an_error_not_a_skip(reviewed) -> None:
    report = reviewed("page.md", "```python\nx = 1\ny = (\n```\n")
    assert report.exit_code == 2
    assert [(item.line, item.reason) for item in report.unread] == [
        (3, "not python that this interpreter can parse: '(' was never closed")
    ]


def test_a_finding_in_a_sample_without_indentation_has_the_column_it_has_there(reviewed) -> None:
    report = reviewed("page.txt", "Python Example:\ndef f(x):\nif x:\nreturn eval(x)\nGo: not this\n")
    assert [(finding.line, finding.column) for finding in report.findings] == [(4, 8)]


PROGRAM = '''
import os
from web import app
class Order(Base):
    """An order.
    It has lines.
    """
    total: int
    @property
    def net(self):
        if self.total > 3:
            return 1
        elif self.total:
            raise ValueError(
                "a: b"
            )
        return 0
    @classmethod
    def make(cls, rows):
        for row in rows:
            try:
                x = int(row)
            except ValueError:
                continue
            else:
                return cls(x)
def wrap(kind):
    def outer(f):
        @wraps(f)
        def inner(*args):
            # say so
            return f(*args)
        return inner
    return outer
@app.get("/a")
@wrap("b")
async def show():
    async with lock:
        return {"a": [1,
            2]}
class Other:
    pass
'''


def test_lost_indentation_comes_back_as_it_was() -> None:
    lost = "\n".join(line.strip() for line in PROGRAM.splitlines())
    restored, added = indent(lost)
    assert ast.dump(ast.parse(restored)).replace("\\n    ", "\\n") == ast.dump(ast.parse(PROGRAM)).replace(
        "\\n    ", "\\n"
    )
    for line, columns, bare in zip(restored.splitlines(), added, lost.splitlines(), strict=True):
        assert line == " " * columns + bare


@pytest.mark.parametrize("text", ["x = (", '"""', "    a\n  b\n c", "\\"])
def test_text_that_is_no_python_is_left_as_it_is_or_indented_never_an_exception(text: str) -> None:
    assert isinstance(indent(text)[0], str)
