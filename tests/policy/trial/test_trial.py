"""A row passes where answer and reasons are right, and only there."""

from __future__ import annotations

from tests.policy.trial.sample import POLICIES, TABLE, policies, table

from ringwall.policy.trial.trial import Trial


def wrongs(policy_text: str = POLICIES, table_text: str = TABLE) -> list[str]:
    rows, entities = table(table_text)
    trial = Trial(policies(policy_text), entities)
    found = [trial.outcome(row).wrong for row in rows]
    assert trial.passes(rows) is not any(found)
    return [wrong for wrong in found if wrong]


def test_every_row_as_it_should_be() -> None:
    assert wrongs() == []


def test_a_wrong_answer_is_told_with_its_reason() -> None:
    assert wrongs(table_text=TABLE.replace("allow  | owner\nann", "deny   | owner\nann")) == [
        "allowed because of owner"
    ]
    assert wrongs(table_text=TABLE.replace("deny   | -", "allow  | owner")) == ["denied"]


def test_the_right_answer_for_another_reason_is_wrong() -> None:
    assert wrongs(table_text=TABLE.replace("deny   | young", "deny   | -")) == ["denied because of young"]
    assert wrongs(table_text=TABLE.replace("deny   | -", "deny   | young")) == ["denied because of no policy"]


def test_an_erring_forbid_is_a_no() -> None:
    erring = POLICIES.replace("principal has age && principal.age < 18", "principal.height < 18")
    assert wrongs(erring) == ["denied, since it cannot be told whether young forbids it"] * 3
    assert wrongs(erring + "\n@id('a') forbid (principal, action, resource) when { principal.b };".replace("'", '"'))[
        0
    ] == ("denied, since it cannot be told whether young, a forbids it")


def test_what_no_permit_allows_is_not_denied_by_a_forbid_that_errs() -> None:
    erring = POLICIES.replace("principal has age && principal.age < 18", "principal.height < 18")
    assert "denied" in wrongs(erring, TABLE.replace("deny   | -", "allow  | -"))


def test_an_erring_permit_is_none() -> None:
    assert wrongs(POLICIES + "permit (principal, action, resource) when { principal.height > 1 };") == []


def test_an_outcome_has_the_answer_and_the_engines_own_words() -> None:
    rows, entities = table()
    trial = Trial(policies(), entities)
    assert [trial.outcome(row).allowed for row in rows] == [True, False, True, False]
    assert [trial.outcome(row).response.reasons for row in rows] == [("owner",), (), ("owner",), ("young",)]
    assert trial.outcome(rows[0]).row is rows[0]


def test_any_reason_will_do_where_none_is_asked_for() -> None:
    assert wrongs(table_text=TABLE.replace("deny   | young", "deny   |      ")) == []
