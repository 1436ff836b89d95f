"""The policy verbs under files without an end and numbers that are none: one error each, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringwall.cli.frame import ringwall
from ringwall.errors import Misconfigured

OPEN = "permit (principal, action, resource);"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("policy check --schema /dev/zero a.cedar", "/dev/zero is larger than 64 MiB"),
        ("policy test /dev/zero", "/dev/zero is larger than 64 MiB"),
        ("policy explain --request /dev/zero a.cedar", "/dev/zero is larger than 64 MiB"),
        ("policy diff --seconds nan a.cedar a.cedar", "nan seconds"),
        ("policy diff --seconds inf a.cedar a.cedar", "inf seconds"),
        ("policy diff --seconds -1 a.cedar a.cedar", "-1.0 seconds"),
    ],
)
def test_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, says: str) -> None:
    (tmp_path / "a.cedar").write_text(OPEN)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misconfigured, match=says):
        ringwall.main(arguments.split(), standalone_mode=False)


def test_an_escape_in_an_id_does_not_reach_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.cedar").write_text(
        '@id("\\u{1b}[2J\\u{a}ALLOW") forbid (principal, action, resource) when { 1 == 1 };'
    )
    monkeypatch.chdir(tmp_path)
    asked = ["--principal", 'Person::"a"', "--action", "x", "--resource", 'Order::"1"']
    with pytest.raises(SystemExit):
        ringwall.main(["policy", "explain", "a.cedar", *asked], standalone_mode=False)
    told = capsys.readouterr().out
    assert "\\u{1b}[2J\\u{a}ALLOW" in told
    assert "\x1b" not in told
