"""Tables are read as a person means them, and every slip names its line."""

from __future__ import annotations

import pytest
from tests.policy.trial.sample import TABLE, table

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid


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


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[contexts]", "[context]", "some.test.toml:9: unknown key 'context'"),
        ("allow  | owner\nann", "yes    | owner\nann", "some.test.toml:15: the answer 'yes' is neither allow nor deny"),
        ("ann       | write", "bob       | write", "some.test.toml:16: there is no entity bob"),
        ("| home    |", "| moon    |", "some.test.toml:15: there is no context moon"),
        ("principal | action", "who | action", "some.test.toml:14: no column 'who'"),
        (" | context | answer | because", " | context | because", "some.test.toml:14: a table needs the column answer"),
        ("allow  | owner\nann", "allow\nann", "some.test.toml:15: 5 cells under 6 columns"),
        (
            "'{ age: 17 }'",
            "'{ age: principal.age }'",
            "principal in '{ age: principal.age }': a value here knows of no",
        ),
        ("'{ age: 17 }'", "'{ age: 17'", "some.test.toml:4: '{ age: 17': "),
        ("'{ age: 17 }'", "17", "some.test.toml:4: 17 is no record"),
        ("'{ age: 17 }'", "'17'", "some.test.toml:4: '17' is no record"),
        (
            "'{ age: 17 }'",
            "'{ age: 9223372036854775807 + 1 }'",
            "some.test.toml:4: '{ age: 9223372036854775807 + 1 }': ",
        ),
        ("in = [", "of = [", "takes has, in and tags"),
        ("'User::\"kim\"'", "'User:kim'", "some.test.toml:4: User:kim is no entity"),
        ('Doc::"diary" |', "Doc::diary |", "some.test.toml:19: Doc::diary is no entity"),
        ("rows = '''", "row = '''", "a [[table]] has about"),
        ("[[table]]", "[table]", "a table is a list"),
        ("[contexts]\n", "[contexts]\nhome = 1\n", "not valid TOML"),
    ],
)
def test_a_slip_is_one_line_with_its_place(old: str, new: str, says: str) -> None:
    assert old in TABLE
    with pytest.raises(Misconfigured) as caught:
        table(TABLE.replace(old, new, 1))
    assert says in caught.value.message
    assert "\n" not in caught.value.message


def test_an_id_of_two_entities_must_be_written_out() -> None:
    with pytest.raises(Misconfigured, match="ann may be"):
        table(TABLE.replace("[contexts]", "'Doc::\"ann\"' = '{}'\n[contexts]"))


def test_a_table_without_rows_is_no_success() -> None:
    with pytest.raises(Misconfigured, match="there is no row in it"):
        table("[contexts]\n")
    with pytest.raises(Misconfigured, match="there is no row in it"):
        table("[[table]]\nrows = '''\nprincipal | action | resource | answer\n'''\n")
