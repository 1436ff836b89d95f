"""The keys of a table's file and the lines of its rows, each with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.trial.table_source import Line, TableSource, WrittenTable

TWO = """
[[table]]
about = "one"
rows = '''
a | b

  # a | b
a|b
a | b
'''
[[table]]
rows = '''
a | b
'''
[[table]]
"""


def _source(text: str) -> TableSource:
    return TableSource(text, "f.toml")


def test_each_line_of_each_table_is_told_with_its_own_place() -> None:
    cells = ("a", "b")
    assert list(_source(TWO).tables()) == [
        WrittenTable("one", tuple(Line(cells, f"f.toml:{number}") for number in (5, 8, 9))),
        WrittenTable("", (Line(cells, "f.toml:13"),)),
        WrittenTable("", ()),
    ]


def test_rows_on_one_line_stand_on_that_line() -> None:
    (table,) = _source('[[table]]\nrows = "a | b\\nc | d"').tables()
    assert table.lines == (Line(("a", "b"), "f.toml:2"), Line(("c", "d"), "f.toml:2"))


def test_a_place_is_the_last_word_below_the_others_or_as_far_as_they_go() -> None:
    source = _source("[contexts]\nann = '{}'\n[entities]\nann = 1\n")
    assert source.where("ann") == "f.toml:2"
    assert source.where("[") == "f.toml:1"
    assert source.where("[entities]", "ann") == "f.toml:4"
    assert source.where("[entities]", "sue") == "f.toml:3"
    assert source.where("sue") == "f.toml:1"


@pytest.mark.parametrize(
    ("text", "names"), [("", []), ('policies = "a"', ["a"]), ('policies = ["a", "b"]', ["a", "b"])]
)
def test_names_are_one_or_many(text: str, names: list[str]) -> None:
    assert _source(text).names("policies") == names


def test_a_group_that_is_not_there_is_empty() -> None:
    assert _source("").group("entities") == {}
    assert _source("[entities]\na = 1").group("entities") == {"a": 1}


NAMES = "policies takes the name of a file, or a list of them"
SHAPE = "a [[table]] has about = \"…\" and rows = '''…'''"


@pytest.mark.parametrize(
    ("text", "read", "message", "hint"),
    [
        ('a = "\n', lambda it: it, "f.toml:1: not valid TOML: Illegal character '\\n' (at line 1, column 6)", ""),
        ("a = ", lambda it: it, "f.toml: not valid TOML: Invalid value (at end of document)", ""),
        ("\ncontxts = 1", lambda it: it, "f.toml:2: unknown key 'contxts'", "did you mean 'contexts'?"),
        ("zzz = 1", lambda it: it, "f.toml:1: unknown key 'zzz'",
         "known here: policies, schema, entities_from, entities, contexts, table"),
        ("\npolicies = 1", lambda it: it.names("policies"), f"f.toml:2: {NAMES}", ""),
        ('policies = ["a", 1]', lambda it: it.names("policies"), f"f.toml:1: {NAMES}", ""),
        ("\nentities = 1", lambda it: it.group("entities"), "f.toml:2: entities is a table",
         "write [entities] and a line for each"),
        ("\ntable = 1", lambda it: list(it.tables()), "f.toml:2: a table is a list", "write [[table]]"),
        ("\n[table]\nrows = ''", lambda it: list(it.tables()), "f.toml:2: a table is a list", "write [[table]]"),
        ("table = [{}, 1]", lambda it: list(it.tables()), "f.toml:1: a table is a list", "write [[table]]"),
        ("table = [{about = 1}]", lambda it: list(it.tables()), f"f.toml:1: {SHAPE}", ""),
        ("\n[[table]]\nabout = 1", lambda it: list(it.tables()), f"f.toml:2: {SHAPE}", ""),
        ("\n[[table]]\nrows = 1", lambda it: list(it.tables()), f"f.toml:2: {SHAPE}", ""),
        ("[[table]]\nrow = ''\n[[table]]", lambda it: list(it.tables()), f"f.toml:1: {SHAPE}", ""),
        ("[[table]]\n[[table]]\nrow = ''", lambda it: list(it.tables()), f"f.toml:2: {SHAPE}", ""),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_place_and_the_way_out(
    text: str, read: Callable[[TableSource], object], message: str, hint: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        read(_source(text))
    assert (caught.value.message, caught.value.hint) == (message, hint)
