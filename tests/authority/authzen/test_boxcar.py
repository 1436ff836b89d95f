"""Many questions in one request: defaults, the three semantics, and bounds."""

from __future__ import annotations

import pytest

from ringwall.authority.authzen import evaluate
from ringwall.authority.authzen.boxcar import MOST, boxcar
from ringwall.authority.policies.question import Doing, Question, Thing
from ringwall.errors import Invalid

READ = {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}}
ONE, TWO = ({"resource": {"type": "record", "id": f"record-{number}"}} for number in (1, 2))
YES, NO = ONE, {**ONE, "action": {"name": "nothing"}}


@pytest.fixture
def ask(pdp, files):
    assert pdp.push("default", files("certification")).status == 201

    def ask(items, semantic=None, **above):
        options = {} if semantic is None else {"options": {"evaluations_semantic": semantic, "another": "value"}}
        answer = pdp.post("/access/v1/evaluations", {**READ, **options, **above, "evaluations": items})
        assert answer.status == 200, answer.body
        return [item["decision"] for item in answer.json()["evaluations"]]

    return ask


def test_execute_all_is_the_default(ask):
    assert ask([NO, YES, NO, YES]) == ask([NO, YES, NO, YES], "execute_all") == [False, True, False, True]


def test_deny_on_first_deny(ask):
    assert ask([YES, NO, YES], "deny_on_first_deny") == [True, False]
    assert ask([YES, YES], "deny_on_first_deny") == [True, True]
    assert ask([YES, {"resource": "?"}, YES], "deny_on_first_deny") == [True, False]  # a failure is a denial


def test_permit_on_first_permit(ask):
    assert ask([NO, YES, NO], "permit_on_first_permit") == [False, True]
    assert ask([NO, NO], "permit_on_first_permit") == [False, False]


def test_an_item_that_is_no_question_is_a_no_and_the_others_are_answered(ask):
    assert ask([YES, 7, None, [], {"resource": 1}, {"context": 1, **ONE}, YES]) == [True, *[False] * 5, True]


@pytest.mark.parametrize(
    "change",
    [
        {"evaluations": {}},
        {"evaluations": "all"},
        {"evaluations": [ONE] * (MOST + 1)},
        {"options": []},
        {"options": {"evaluations_semantic": "permit_all"}},
        {"options": {"evaluations_semantic": None}},
        {"options": {"evaluations_semantic": ["execute_all"]}},
        {"subject": "alice"},
        {"context": 1},
    ],
    ids=lambda change: str(change)[:40],
)
def test_what_is_wrong_as_a_whole(change):
    with pytest.raises(Invalid):
        boxcar({**READ, "evaluations": [ONE], **change})


def test_an_object_of_its_own_takes_no_properties_from_above():
    above = {**READ, "resource": {"type": "record", "id": "0", "properties": {"status": "active"}}, "context": {"a": 1}}
    batch = boxcar({**above, "evaluations": [{"resource": {"id": "1"}}, {"context": {}}, {}]})
    assert batch is not None
    subject, action, status = Thing("user", "alice"), Doing("read"), {"status": "active"}
    assert batch.questions == (
        Question(subject, action, Thing("record", "1"), {"a": 1}),
        Question(subject, action, Thing("record", "0", status), {}),
        Question(subject, action, Thing("record", "0", status), {"a": 1}),
    )


def test_a_thousand_evaluations_are_answered_and_written_down_in_one_row(ask, world):
    assert ask([YES, NO] * (MOST // 2)) == [True, False] * (MOST // 2)
    assert len(world.events()[-1]["detail"]["decisions"]) == MOST


def test_what_is_not_decided_in_time_is_a_no(ask, world, monkeypatch):
    """A batch that takes too long does not keep everybody else waiting."""
    readings = iter(range(10_000))
    monkeypatch.setattr(world.authority.clock, "steady", lambda: next(readings) * evaluate.DEADLINE / 10)
    found = ask([YES] * 30)
    assert found[0] is True
    assert found[-1] is False
    assert found == sorted(found, reverse=True)
