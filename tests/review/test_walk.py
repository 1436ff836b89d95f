"""Nothing that should be read is passed over in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringwall.errors import Misconfigured
from ringwall.review import review
from ringwall.review.source import LIMIT


def names(paths, folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in paths]


def unread(report) -> list[str]:
    return [item.reason for item in report.unread]


def test_a_folder_is_read_in_order_without_other_peoples_code(tmp_path: Path) -> None:
    for name in ("b.py", "a.js", "sub/c.html", "node_modules/x.js", ".git/y.py", "v/pyvenv.cfg", "v/z.py", "notes.md"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("eval(x)\n" if file.suffix != ".html" else "<script>eval(x)</script>")
    report = review([tmp_path, tmp_path / "b.py"])
    assert names((Path(finding.file) for finding in report.findings), tmp_path) == ["a.js", "b.py", "sub/c.html"]
    assert report.files == 3


def test_a_link_to_a_folder_is_followed_once_and_never_for_ever(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.py").write_text("eval(x)\n")
    (inside / "link").symlink_to(outside)
    (outside / "back").symlink_to(inside)
    assert len(review([inside]).findings) == 1


def test_a_link_that_leads_to_itself_or_nowhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to(tmp_path / "b.py")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "c.py").symlink_to(tmp_path / "nowhere.py")
    report = review([tmp_path])
    assert len(report.unread) == 3
    assert report.exit_code == 2


def test_a_pipe_is_an_error_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert unread(review([tmp_path])) == ["not a regular file"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("nul.py", b"x = 1\0\n", "a nul byte: not a text file"),
        ("latin.py", b"x = '\xe9'\n", "not text in the encoding that it declares, or in utf-8"),
        ("unknown.py", b"# coding: klingon\n", "not text in the encoding that it declares, or in utf-8"),
        ("latin.js", b"x = '\xe9'\n", "not text in the encoding that it declares, or in utf-8"),
        ("newer.py", b"x = (1\n", "not python that this interpreter can parse: '(' was never closed"),
        ("open.js", b"x = 'a\n", "a string that does not end"),
        ("page.html", b"<script>\nx = `a\n</script>", "a template that does not end"),
        ("large.py", b"#" * (LIMIT + 1), "larger than 5 MB"),
    ],
)
def test_what_cannot_be_read_is_an_error(reviewed, name: str, content: bytes, reason: str) -> None:
    report = reviewed(name, content)
    assert unread(report) == [reason]
    assert report.exit_code == 2


def test_a_file_nested_too_deeply_is_an_error(reviewed) -> None:
    for text in ("x = " + "-" * 100_000 + "1\n", "x = " + "(" * 5_000 + ")" * 5_000, "x = " + "a + " * 20_000 + "1\n"):
        assert reviewed("deep.py", text).exit_code == 2


def test_newer_syntax_beside_a_defect_does_not_hide_the_defect_in_silence(reviewed) -> None:
    report = reviewed("a.py", "import pickle\npickle.loads(x)\ntype A[T] = (list[T]\n")
    assert (report.exit_code, report.unread[0].line) == (2, 3)


def test_a_declared_encoding_and_a_byte_order_mark_are_honoured(reviewed) -> None:
    assert reviewed("a.py", "# coding: latin-1\neval(é)\n".encode("latin-1")).findings[0].line == 2
    assert reviewed("b.py", b"\xef\xbb\xbfeval(x)\n").findings[0].column == 1
    assert reviewed("b.js", b"\xef\xbb\xbfeval(x)\n").findings[0].column == 1


def test_columns_count_characters_and_lines_end_as_editors_end_them(reviewed) -> None:
    places = [
        (finding.line, finding.column)
        for finding in reviewed("a.py", "x = 'é𝒳'; eval(y)\n# \x0c\u2028\neval(z)\n").findings
    ]
    assert places == [(1, 11), (3, 1)]
    report = reviewed("a.md", "\x0c\u2028\n```python\neval('é' + x)\n```\n")
    assert [(finding.line, finding.column) for finding in report.findings] == [(3, 1)]


@pytest.mark.parametrize("name", ["absent.py", "absent"])
def test_a_path_that_does_not_exist_makes_no_sense(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured, match="no such file or folder"):
        review([tmp_path / name])


def test_a_file_of_another_kind_makes_no_sense_when_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"")
    with pytest.raises(Misconfigured, match=r"not a kind of file") as caught:
        review([tmp_path / "a.bin"])
    assert ".py" in caught.value.hint


def test_an_unknown_check_names_the_nearest() -> None:
    with pytest.raises(Misconfigured, match="no check is called jwt-no-audiance") as caught:
        review([], select=["jwt-no-audiance"])
    assert caught.value.hint == "did you mean jwt-no-audience?"
