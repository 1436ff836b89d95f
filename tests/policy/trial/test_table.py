"""Tables are read as a person means them, and every slip names its line."""

from __future__ import annotations

import pytest
from tests.policy.trial.sample import TABLE, table

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.trial.table import Row
from ringwall.policy.values.record import Record


def test_rows_name_entities_contexts_answers_and_reasons() -> None:
    rows, entities = table()
    first, second, _, last = rows
    assert first.request.principal == EntityUid("User", "ann")
    assert first.request.action == EntityUid("Action", "read")
    assert str(first.request.context["ip"]) == 'ip("10.0.0.1/32")'
    assert (first.answer, first.because, first.about) == ("allow", frozenset({"owner"}), "Owners read")
    assert second.because == frozenset()
    assert last.request.resource == EntityUid("Doc", "diary")
    assert [row.where.partition(":")[2] for row in rows] == ["15", "16", "18", "19"]
    eva = entities[EntityUid("User", "eva")]
    assert (eva.parents, dict(eva.tags)) == ({EntityUid("Team", "a")}, {"floor": "1"})


def test_an_empty_reason_asks_nothing() -> None:
    rows, _ = table(TABLE.replace("deny   | young", "deny   |      "))
    assert rows[-1].because is None


HEAD = "principal | action | resource | answer"
RECORD, TYPE, SHAPE = "write '{ name: value, … }'", 'Type::"id"', "in = ['Team::\"a\"']"


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("[contexts]", "[context]", "9: unknown key 'context'", "did you mean 'contexts'?"),
        ("allow  | owner\nann", "yes    | owner\nann", "15: the answer 'yes' is neither allow nor deny", ""),
        ("ann       | write", "bob       | write", "16: there is no entity bob",
         'add it to [entities], or write Type::"bob"'),
        ("| home    |", "| moon    |", "15: there is no context moon", "add it to [contexts]"),
        ("| {}     |", "| {a: 1  |", "19: '{a: 1': expected `}`, found the end", ""),
        ("principal | action", "who | action", "14: no column 'who'",
         "columns: principal, action, resource, context, answer, because"),
        ("principal | action", "principal | principal", "14: the column principal stands twice", ""),
        (" | context | answer | because", " | context | because", "14: a table needs the column answer", ""),
        ("principal | action", "because | action", "14: the column because stands twice", ""),
        ("allow  | owner\nann", "allow\nann", "15: 5 cells under 6 columns", ""),
        ("'{ age: 17 }'", "'{ age: principal.age }'",
         "4: principal in '{ age: principal.age }': a value here knows of no request", ""),
        ("'{ age: 17 }'", "'{ age: 17'", "4: '{ age: 17': expected `}`, found the end", ""),
        ("'{ age: 17 }'", "17", "4: 17 is no record", RECORD),
        ("'{ age: 17 }'", "'17'", "4: '17' is no record", RECORD),
        ("'{ age: 17 }'", "'{ age: 9223372036854775807 + 1 }'",
         "4: '{ age: 9223372036854775807 + 1 }': the number overflows 64 bits", ""),
        ("in = [", "of = [", '5: User::"eva" takes has, in and tags', SHAPE),
        ("in = ['Team::\"a\"']", "in = 'Team::\"a\"'", '5: User::"eva" takes has, in and tags', SHAPE),
        ("in = ['Team::\"a\"']", "in = [1]", "5: 1 is no entity: expected an entity type, found `1`", TYPE),
        ("tags = '{ floor: \"1\" }'", "tags = 1", "5: 1 is no record", RECORD),
        ("'User::\"kim\"'", "'User:kim'", "4: User:kim is no entity: expected `::\"…\"`, found `:`", TYPE),
        ('Doc::"diary" |', "Doc::diary |", "19: Doc::diary is no entity: expected `::\"…\"`, found the end", TYPE),
        ("| read   | toys", '| A::"b | toys',
         "18: A::\"b is no entity: expected a string in double quotes, found `\"`", TYPE),
        ("'{ ip: ip(\"10.0.0.1\") }'", "1", "10: 1 is no record", RECORD),
        ("rows = '''", "row = '''", "11: a [[table]] has about = \"…\" and rows = '''…'''", ""),
        ("[[table]]", "[table]", "11: a table is a list", "write [[table]]"),
        ("[contexts]", "'Doc::\"ann\"' = '{}'\n'X::\"ann\"' = '{}'\n[contexts]",
         '17: ann may be User::"ann" and Doc::"ann"', "write all of it"),
    ],
)  # fmt: skip
def test_a_slip_is_one_line_with_its_place_and_the_way_out(old: str, new: str, message: str, hint: str) -> None:
    assert old in TABLE
    with pytest.raises(Misconfigured) as caught:
        table(TABLE.replace(old, new, 1))
    assert (caught.value.message, caught.value.hint) == (f"some.test.toml:{message}", hint)


def test_what_is_no_toml_is_told() -> None:
    with pytest.raises(Misconfigured, match="not valid TOML"):
        table(TABLE.replace("[contexts]\n", "[contexts]\nhome = 1\n"))


def test_columns_stand_in_any_order_and_some_may_be_left_out() -> None:
    rows, _ = table(
        """
[entities]
'A::"a"' = '{}'
[[table]]
about = "one"
rows = '''
answer | resource | action   | principal
allow  | a        | B::"c:d" | A::"z"
'''
[[table]]
[[table]]
rows = '''
principal|action|resource|answer|because
a|c:d|a|deny|- , x,, y
'''
"""
    )
    a, nothing = EntityUid("A", "a"), Record()
    assert rows == [
        Row(
            Request(EntityUid("A", "z"), EntityUid("B", "c:d"), a, nothing),
            "allow", None, "one", "some.test.toml:8", 'allow  a  B::"c:d"  A::"z"',
        ),
        Row(
            Request(a, EntityUid("Action", "c:d"), a, nothing),
            "deny", frozenset({"x", "y"}), "", "some.test.toml:14", "a  c:d  a  deny  - , x,, y",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["[contexts]\n", f"[[table]]\nrows = '''\n{HEAD}\n'''\n", "[[table]]\n"])
def test_a_table_without_rows_is_no_success(text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        table(text)
    assert caught.value.message == "some.test.toml: there is no row in it"
    assert caught.value.hint == "add a [[table]] with rows"


@pytest.mark.parametrize("column", ["principal", "action", "resource", "answer"])
def test_four_columns_are_needed(column: str) -> None:
    with pytest.raises(Misconfigured, match=f"some.test.toml:3: a table needs the column {column}"):
        table(f"[[table]]\nrows = '''\n{HEAD.replace(column, 'context')}\n'''\n")
