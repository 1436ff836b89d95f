"""docs/cedar.md does what it says: its programs run, one after the other, and what they assert holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.validate import validate

PAGE = (Path(__file__).parents[2] / "docs" / "cedar.md").read_text(encoding="utf-8")
ROOMS = Path(__file__).parents[2] / "src" / "ringwall" / "policy"


def test_its_programs_run() -> None:
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(programs) == 3
    known: dict[str, Any] = {}
    for program in programs:
        exec(program, known)


def test_a_text_that_is_wrong_is_told_as_the_page_tells_it() -> None:
    text = "permit (principal, action, resource)\n\nwhen { resource.readers.contian(principal) };"
    with pytest.raises(Unreadable) as caught:
        parse_policies(text, file="shop.cedar")
    assert caught.value.render() in PAGE


def test_a_policy_that_does_not_validate_is_told_as_the_page_tells_it() -> None:
    text = 'permit (principal, action, resource)\n\nwhen { principal.region == "eu" };'
    schema = "entity User { region?: String }; action read appliesTo { principal: User, resource: User };"
    (error,) = validate(parse_policies(text, file="shop.cedar"), parse_schema(schema)).errors
    assert f"error: {error.render()}" in PAGE


def test_every_room_stands_in_it_with_its_files() -> None:
    rooms = {room.parent.name for room in ROOMS.glob("*/__init__.py")}
    rows = re.findall(r"^\| `(\w+)/` \|(.*)$", PAGE, re.MULTILINE)
    assert {room for room, _ in rows} == rooms
    files = [ROOMS / room / file for room, told in rows for file in re.findall(r"`(\w+\.py)`", told)]
    assert [file for file in files if not file.is_file()] == []
