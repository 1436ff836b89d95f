"""What is sent, reduced to what a schema declares."""

from __future__ import annotations

from ringwall.authority.policies.declared import without_undeclared
from ringwall.policy.schema.types import LONG, STRING, Field, RecordType, SetType

INNER = RecordType({"a": Field(LONG), "b": Field(SetType(STRING), required=False)})


def test_undeclared_names_go_at_any_depth_and_nothing_else():
    type_ = RecordType({"inner": Field(INNER), "many": Field(SetType(INNER)), "n": Field(LONG)})
    sent = {"inner": {"a": 1, "x": 0.5}, "many": [{"a": 1, "x": None}, 7], "n": {"__extn": 1}, "x": {}}
    assert without_undeclared(sent, type_) == {"inner": {"a": 1}, "many": [{"a": 1}, 7], "n": {"__extn": 1}}
