"""What is written beside a decision: bounded, readable by any JSON reader, and without a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringwall.audit.decision_facts import decision_facts
from ringwall.audit.decision_tree import decision_tree
from ringwall.audit.decisions import DecisionLog, logs
from ringwall.audit.event import Event
from ringwall.caller import Caller
from ringwall.decision import Condition, Decision, RuleOutcome
from ringwall.secret import Secret
from ringwall.store import connection, decisions
from ringwall.store.rows import SqliteReader

KEY = Secret("correct horse battery staple")


class Given:
    """A witness that tells what it is given."""

    def __init__(self, *entities: dict[str, Any]) -> None:
        self._entities = list(entities)

    def facts(self) -> dict[str, Any]:
        return {"context": {}, "entities": self._entities}


def entity(id_: str = "1", **attributes: Any) -> dict[str, Any]:
    return {"uid": {"type": "Order", "id": id_}, "attrs": attributes, "absent": []}


HOSTILE = {
    "a secret of this process": KEY.reveal(),
    "a part of a text": f"is {KEY.reveal()}!",
    "inside a set": ["a", KEY.reveal()],
    "inside a record": {"x": {"y": KEY.reveal()}},
    "a name in a record": {KEY.reveal(): 1},
    "a token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl",
    "a card": "4111 1111 1111 1111",
    "long": "x" * 300,
    "half a character": "\ud83d",
    "many": ["x"] * 500,
    "deep": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]],
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_value_is_left_out_and_its_neighbours_stay(value: object) -> None:
    told = decision_facts(Caller("ann"), Given(entity(bad=value, owner="ann", total=7)))
    assert told["entities"][0]["attrs"] == {"owner": "ann", "total": 7}
    Event("x", 0.0, detail=told).canonical()


def test_an_entity_with_a_hostile_name_is_left_out() -> None:
    told = decision_facts(Caller("ann"), Given(entity(KEY.reveal()), entity("x" * 300), entity("\udc00"), entity("1")))
    assert [one["uid"]["id"] for one in told["entities"]] == ["1"]


def test_parents_with_a_hostile_name_are_unknown() -> None:
    one = {**entity(), "parents": [{"type": "Folder", "id": KEY.reveal()}]}
    assert "parents" not in decision_facts(Caller("ann"), Given(one))["entities"][0]


def test_the_service_that_acts_is_told_with_its_rights() -> None:
    shop = Caller("spiffe://ringwall.internal/shop", "service", roles=frozenset({"r"}))
    told = decision_facts(Caller("ann", actor=shop), None)
    assert (told["shape"], told["actor"]["roles"], told["actor"]["claims"]) == (2, ["r"], {})


HALF = Caller("ann\ud83d", roles=frozenset({"a\udc00"}), attributes={"\ud83d": 1, "x": "\ud83d", "n": 2**70, "ok": 1})


def test_half_characters_of_a_stranger_do_not_stop_the_log(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    no = Decision(False, "read", str(HALF), 'Order::"\ud83d"', "because \ud83d")
    log.denied(no, HALF, Given(entity("\ud83d")), method="GET", path="/\ud83d", client="").result(5)
    log.allowed(Decision(True, "read", str(HALF), "\ud83d", "yes"), HALF, Given(), method="GET", path="/\ud83d")
    log.allowed(Decision(True, "read", "sue", "", "yes"), Caller("sue"), Given(), method="GET", path="/")
    log.close()
    (path,) = logs(tmp_path)
    reader = SqliteReader(connection.reading(path))
    found = [json.loads(body)["detail"] for body in decisions.every(reader)]
    reader.close()
    assert sum(len(one.get("decisions", [one])) for one in found) == 3
    assert found[0]["facts"]["claims"] == {"ok": 1}


def test_an_explanation_is_data_too() -> None:
    parts = (Condition("a", held=True, values="1 == 1"), Condition("b", held=False, erred=True))
    tree = Condition("all of", held=False, parts=parts)
    rule = RuleOutcome("p0", "permit", "Owners.", "x.cedar:1", held=False, condition=tree)
    told = decision_tree(Decision(False, "read", "ann", "", "no permit", nearest=rule, remedy="be sue"))
    assert (told["summary"], told["remedy"], told["reasons"]) == ("no permit", "be sue", [])
    assert told["nearest"]["condition"]["parts"] == [
        {"text": "a", "held": True, "erred": False, "values": "1 == 1", "parts": []},
        {"text": "b", "held": False, "erred": True, "values": "", "parts": []},
    ]


def test_an_explanation_without_end_is_cut_and_says_so() -> None:
    many = tuple(Condition("x" * 9999, held=True) for _ in range(5000))
    rule = RuleOutcome("p0", "permit", "", "", held=True, condition=Condition("any of", held=True, parts=many))
    told = decision_tree(Decision(False, "read", "ann", "", "", reasons=(rule,)))
    kept = told["reasons"][0]["condition"]
    assert kept["cut"] is True
    assert len(kept["parts"]) < 256
    assert {len(part["text"]) for part in kept["parts"]} == {512}


def test_no_secret_is_in_an_explanation_that_is_written_down(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    near = "x" * 500 + KEY.reveal()
    shown = Condition("a == b", held=False, values=f"{KEY.reveal()!r} == 'x'", parts=(Condition(near, held=True),))
    no = Decision(False, "read", "ann", "", "no", nearest=RuleOutcome("p", "permit", "", "", False, shown))
    log.denied(no, Caller("ann"), method="GET", path="/", client="").result(5)
    log.close()
    (path,) = logs(tmp_path)
    reader = SqliteReader(connection.reading(path))
    (body,) = decisions.every(reader)
    reader.close()
    assert "correct" not in body.decode()
    assert "•••" in body.decode()
