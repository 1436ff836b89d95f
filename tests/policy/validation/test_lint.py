"""Warnings that one policy alone can give, without a schema."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ringwall.policy.expression import Has, Variable
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.lint import ALWAYS_HOLDS, NEVER_SATISFIED, lint

OPEN = "this permits everything to everyone"


def messages(text: str) -> list[str]:
    return [found.message for found in lint(parse_policies(text))]


@pytest.mark.parametrize(
    "text",
    [
        "permit (principal, action, resource);",
        "permit (principal, action, resource) when { true };",
        "permit (principal, action, resource) unless { false };",
        "permit (principal, action, resource) when { 1 == 2 || 1 == 1 } when { true };",
    ],
)
def test_a_permit_of_everything_is_noticed(text: str) -> None:
    assert OPEN in messages(text)


@pytest.mark.parametrize(
    "text",
    [
        "forbid (principal, action, resource);",
        "permit (principal is User, action, resource);",
        'permit (principal, action == Action::"a", resource);',
        'permit (principal, action, resource in Folder::"a");',
        "permit (principal, action, resource) when { context has x };",
        "permit (principal == ?principal, action, resource);",
    ],
)
def test_what_is_narrower_is_not(text: str) -> None:
    assert messages(text) == []


@pytest.mark.parametrize(
    "condition",
    [
        "when { false }",
        "unless { true }",
        "when { 1 == 2 || false }",
        "when { context has a && 1 == 2 }",
        "when { if context has a then false else !true }",
        "when { context has a && !(context has a) }",
        "when { context has a } unless { context has a }",
        'when { context has a && context.a == "x" && "y" == context.a }',
        "when { !(context has a || true) }",
        'when { (context == {}) && User::"a" == User::"b" }',
    ],
)
def test_what_is_never_satisfied_is_noticed(condition: str) -> None:
    assert NEVER_SATISFIED in messages(f"permit (principal is User, action, resource) {condition};")


@pytest.mark.parametrize(
    "condition",
    [
        "when { context has a && !(context has b) }",
        'when { context has a && (context.a == "x" || context.a == "y") }',
        'when { context has a && context.a == "x" && "x" == context.a }',
        'when { context has a && context.a == "x" && context == {a: "x"} }',
        "when { if context has a then true else false }",
    ],
)
def test_what_can_be_satisfied_is_not(condition: str) -> None:
    assert messages(f"permit (principal is User, action, resource) {condition};") == []


def test_true_and_one_are_two_values() -> None:
    text = "permit (principal is User, action, resource) when {{ context has a && {} }};"
    assert messages(text.format("context.a == true && context.a == 1")) == [NEVER_SATISFIED]
    assert messages(text.format("true == 1")) == [NEVER_SATISFIED]


@pytest.mark.parametrize(
    ("condition", "always"),
    [
        ("1 == 1 && true", True),
        ("1 == 1 && context has a", False),
        ("context has a && true", False),
        ("context has a || true", True),
        ("context has a || false", False),
        ("false || true", True),
        ("!false", True),
        ("if context has a then true else true", True),
        ("if context has a then true else false", False),
        ("if true then true else context has a", True),
        ("if false then context has a else true", True),
        ("(context has a) == (context has a)", False),
        ("context == context", False),
    ],
)
def test_what_always_holds_is_told_from_what_may(condition: str, always: bool) -> None:
    found = messages(f"permit (principal is User, action, resource) when {{ {condition} }};")
    assert found == ([ALWAYS_HOLDS] if always else [])


def test_a_condition_that_always_holds_is_shown_where_it_stands() -> None:
    text = "permit (principal is User, action, resource)\nwhen { context has a }\nunless { 1 == 2 };"
    (found,) = lint(parse_policies(text))
    assert (found.message, found.place, found.hint) == (ALWAYS_HOLDS, "3:10", "leave this unless away")


@pytest.mark.parametrize(
    ("condition", "paths"),
    [
        ("principal.a.b == 1", ["principal.a", "principal.a.b"]),
        ("principal has a.b && principal.a.b == 1", []),
        ("principal has a && principal.a.b == 1", ["principal.a.b"]),
        ("principal has a || principal.a == 1", ["principal.a"]),
        ("(principal has a || principal has a) && principal.a == 1", []),
        ("!(principal has a) && principal.a == 1", ["principal.a"]),
        ("(principal has a || principal has b) && principal.a == 1", ["principal.a"]),
        ("principal has a && (principal.a == 1 || principal.b == 1)", ["principal.b"]),
        ("(if principal has a then true else principal has a) && principal.a == 1", []),
        ("(if principal has a then principal has b else true) && principal.b == 1", ["principal.b"]),
        ("resource.hasTag(principal.a)", ["principal.a"]),
        ("principal.a has b && principal.a.b == 1", ["principal.a"]),
        ("!(principal.a == 1)", ["principal.a"]),
        ("principal.a has b", ["principal.a"]),
        ("principal.a.hasTag(principal.b)", ["principal.a", "principal.b"]),
        ("if principal has a then principal.a == 1 else principal.a == 2", ["principal.a"]),
        ("if principal has a then principal.a == 1 else true", []),
        ("principal has a && [principal.a].contains(principal.a + context.b)", ["context.b"]),
        ('resource.getTag("a") == 1', ['resource.getTag("a")']),
        ('resource.hasTag("a") && resource.getTag("a") == 1', []),
        ("principal.a == 1 && principal.a == 1", ["principal.a"]),
    ],
)
def test_what_is_read_unguarded_is_noticed_without_a_schema(condition: str, paths: list[str]) -> None:
    found = messages(f"permit (principal is User, action, resource) when {{ {condition} }};")
    assert [message.partition("` may be absent")[0].strip("`") for message in found] == paths


@pytest.mark.parametrize(
    ("clauses", "unguarded"),
    [
        ("when { context has a } when { context has b } when { context.a == context.b }", False),
        ("when { context has a } unless { context.a == 1 }", False),
        ("unless { context has a } when { context.a == 1 }", True),
        ("when { context.a == 1 } when { context has a }", True),
    ],
)
def test_a_guard_in_one_clause_holds_in_the_next(clauses: str, unguarded: bool) -> None:
    found = messages(f"permit (principal is User, action, resource) {clauses};")
    assert found == ["`context.a` may be absent, and the policy then errs"] * unguarded


def test_the_hint_is_the_guard_to_write() -> None:
    (found,) = lint(parse_policies('permit (principal is User, action, resource) when { context["a b"] == 1 };'))
    assert found.hint == 'write context has "a b" && …'


def test_what_a_rule_requires_is_a_guard() -> None:
    (policy,) = parse_policies("permit (principal is User, action, resource) when { resource.a == 1 };")
    assert lint([policy])
    assert lint([replace(policy, requires=(Has(of=Variable("resource"), name="a"),))]) == ()


def test_with_a_schema_the_validator_knows_what_may_be_absent() -> None:
    schema = parse_schema("entity User { a: Long }; action x appliesTo { principal: User, resource: User };")
    assert lint(parse_policies("permit (principal is User, action, resource) when { principal.a == 1 };"), schema) == ()


@pytest.mark.parametrize(
    "condition",
    [
        '{"аb": 1} == context',
        'context has "аb"',
        'context["аb"] == 1',
        'context == "plain" || context == "аb"',
        'context == "аb"',
        'context like "а*b"',
    ],
)
def test_a_deceiving_text_is_noticed_wherever_it_stands(condition: str) -> None:
    found = messages(f"permit (principal is User, action, resource) when {{ {condition} }};")
    assert any("mixes letters" in message for message in found)


@pytest.mark.parametrize(
    "scope", ['principal in User::"аb"', 'principal is User in User::"аb"', 'principal == User::"аb"']
)
def test_a_deceiving_id_is_noticed_in_the_scope(scope: str) -> None:
    assert any("mixes letters" in message for message in messages(f"permit ({scope}, action, resource);"))
    assert any("mixes letters" in m for m in messages('permit (principal, action in [Action::"аb"], resource);'))


@pytest.mark.parametrize(
    ("odd", "code"),
    [("é\u200b", "200B"), ("\u2014", "2014"), ("ﬁ", "FB01"), ("\uff21", "FF21"), ("a\u200b\u2014", "200B")],
)
def test_a_character_that_is_not_used_in_names_is_called_by_its_number(odd: str, code: str) -> None:
    head, fault = (
        "permit (principal is User, action, resource) when",
        f"has the character U+{code}, which is not used in names",
    )
    for condition in (
        f'{{"{odd}": 1}} == context',
        f'context has "{odd}" || context["{odd}"]',
        f'principal == User::"{odd}"',
    ):
        found = [message for message in messages(f"{head} {{ {condition} }};") if fault in message]
        assert found
        assert all(message.startswith("the name ") for message in found)
    assert messages(f'{head} {{ context == "{odd}" || context like "{odd}*" }};') == []


@pytest.mark.parametrize("plain", ["é", "straße", "注文", "a·b", "é b"])
def test_a_name_of_another_language_deceives_nobody(plain: str) -> None:
    assert messages(f'permit (principal == User::"{plain}", action, resource);') == []


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("5 µm", False),
        ("日本あア", False),
        ("한국漢", False),
        ("ㄅ漢", False),
        ("あ한", True),
        ("日本a", True),
        ("aʼb", False),
        ("é — 1", False),
        ("— 1", False),
    ],
)
def test_scripts_that_are_written_together_are_not_mixed(text: str, mixed: bool) -> None:
    found = messages(f'permit (principal is User, action, resource) when {{ context == "{text}" }};')
    assert found == [f'the string "{text}" mixes letters of different scripts'] * mixed


def test_each_deceiving_text_is_shown_once() -> None:
    text = (
        'permit (principal == User::"аdmin", action, resource) when { principal == User::"аdmin" && "\u202e" == "x" };'
    )
    found = [found for found in lint(parse_policies(text)) if "seems" in found.hint]
    assert [(warning.message, warning.place) for warning in found] == [
        ('the name "аdmin" mixes letters of different scripts', "1:1"),
        ('the name "аdmin" mixes letters of different scripts', "1:75"),
        ('the string "\\u{202e}" turns the direction of its text', "1:92"),
    ]
