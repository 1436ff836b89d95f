"""What was seen of each condition, and what was not."""

from __future__ import annotations

import pytest
from tests.policy.trial.sample import POLICIES, policies, table

from ringwall.policy.trial.coverage import Coverage


def coverage(text: str = POLICIES, rows: slice = slice(None)) -> Coverage:
    asked, entities = table()
    found = Coverage(policies(text), entities)
    for row in asked[rows]:
        found.ask(row.request)
    return found


def missing(found: Coverage) -> dict[str, list[bool]]:
    return {point.text: point.missing for point in found.points if point.missing}


def test_conditions_of_a_clause_are_told_apart() -> None:
    texts = [point.text for point in coverage().points]
    assert texts == ["its scope", "when", "when", "principal has age", "principal.age < 18", "unless"]


def test_nothing_is_seen_before_anything_is_asked() -> None:
    found = coverage(rows=slice(0))
    assert found.share == 0.0
    assert missing(found)["its scope"] == [True]
    assert missing(found)["principal.age < 18"] == [True, False]


def test_a_row_shows_what_it_reaches_and_no_more() -> None:
    found = coverage(rows=slice(1))  # ann, 30, her plan
    assert missing(found)["principal.age < 18"] == [True]
    assert missing(found)["unless"] == [True, False]  # the clause before it was false


def test_the_whole_table() -> None:
    found = coverage()
    assert missing(found) == {"when": [False], "principal has age": [False]}
    assert found.share == 1 - 2 / 11


def test_what_and_leaves_out_was_not_seen() -> None:
    text = "permit (principal, action, resource) when { principal has height && principal.height < 3 };"
    assert missing(coverage(text))["principal.height < 3"] == [True, False]


def test_an_error_is_seen_and_is_never_due() -> None:
    found = coverage("permit (principal, action, resource) when { principal.height < 3 || resource.open };")
    seen = {point.text: point.seen for point in found.points}
    assert seen == {"when": {None}, "principal.height < 3": {None}, "resource.open": set()}


def test_sugar_is_one_condition_and_a_constant_none() -> None:
    found = coverage(
        "permit (principal, action, resource) when { resource.owner != principal && (true || principal has a.b) };"
    )
    assert [point.text for point in found.points] == ["when", "resource.owner != principal", "principal has a.b"]


def test_each_side_of_an_if_and_of_a_long_chain() -> None:
    found = coverage(
        "permit (principal, action, resource) when { if resource.open then principal.age > 17 else !(resource has x) };"
        "forbid (principal, action, resource)"
        " when { resource.open && resource has a && resource has b && resource has c };"
    )
    texts = [point.text for point in found.points]
    assert texts[1:4] == ["resource.open", "principal.age > 17", "resource has x"]
    assert texts[5:] == ["resource.open", "resource has a", "resource has b", "resource has c"]


def test_a_set_without_conditions_is_covered() -> None:
    assert coverage("permit (principal, action, resource);").share == 1.0


def _seen(condition: str, scope: str = "principal, action, resource") -> dict[str, set[bool | None]]:
    """What the first row shows of a policy: Ann, who is 30, reads her plan, which is not open."""
    found = coverage(f"permit ({scope}) when {{ {condition} }};", slice(1))
    return {point.text: point.seen for point in found.points}


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        ("resource.open && principal.age > 1",
         {"when": {False}, "resource.open": {False}, "principal.age > 1": set()}),
        ("principal.age > 1 && resource.open",
         {"when": {False}, "principal.age > 1": {True}, "resource.open": {False}}),
        ("principal.age > 1 || resource.open",
         {"when": {True}, "principal.age > 1": {True}, "resource.open": set()}),
        ("resource.open || principal.age > 1",
         {"when": {True}, "resource.open": {False}, "principal.age > 1": {True}}),
        ("!resource.open", {"when": {True}, "resource.open": {False}}),
        ("if resource.open then principal has a else principal has b",
         {"when": {False}, "resource.open": {False}, "principal has a": set(), "principal has b": {False}}),
        ("if principal.age > 1 then principal has age else principal has b",
         {"when": {True}, "principal.age > 1": {True}, "principal has age": {True}, "principal has b": set()}),
        ("principal.age || resource.open", {"when": {None}, "principal.age": {None}, "resource.open": set()}),
        ("!principal.age", {"when": {None}, "principal.age": {None}}),
        ("principal.age", {"when": {None}}),
    ],
)  # fmt: skip
def test_only_what_cedar_asks_is_seen(condition: str, seen: dict[str, set[bool | None]]) -> None:
    assert _seen(condition) == seen


@pytest.mark.parametrize(("scope", "seen"), [("principal is User", {True}), ("principal is Doc", {False})])
def test_a_clause_is_asked_inside_the_scope_alone(scope: str, seen: set[bool]) -> None:
    found = _seen("resource.open", scope=f"{scope}, action, resource")
    assert found == {"its scope": seen, "when": {False} if seen == {True} else set()}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("when { resource.open }", set()),
        ("when { !resource.open }", {True}),
        ("unless { resource.open }", {True}),
        ("unless { !resource.open }", set()),
        ("when { resource.none }", set()),
    ],
)
def test_a_clause_is_asked_while_those_before_it_held(first: str, second: set[bool]) -> None:
    found = coverage(f"permit (principal, action, resource) {first} when {{ principal has age }};", slice(1))
    assert found.points[-1].seen == second


def test_a_point_has_the_place_of_its_condition() -> None:
    found = coverage("permit (principal is User, action, resource)\nwhen {\nprincipal has age &&\nresource.open };")
    assert [(point.text, point.policy, point.span.line) for point in found.points] == [
        ("its scope", "policy0", 1),
        ("when", "policy0", 3),
        ("principal has age", "policy0", 3),
        ("resource.open", "policy0", 4),
    ]


def test_of_a_scope_it_is_due_that_somebody_is_in_it() -> None:
    found = coverage("permit (principal is Nobody, action, resource) when { true };")
    assert [(point.text, point.due, point.missing) for point in found.points] == [
        ("its scope", (True,), [True]),
        ("when", (True, False), [True, False]),
    ]
    assert found.share == 0.0
