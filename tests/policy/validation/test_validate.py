"""Strict validation: what each rule refuses, in which words, and what it lets through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Attribute, Has, Variable
from ringwall.policy.language.parse import parse_expression, parse_policies, parse_policy_set
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.policy_set import Link, PolicySet
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.finding import Finding
from ringwall.policy.validation.validate import validate

SCHEMA = parse_schema("""
entity Role;
entity User in [Role] {
  name: String, age: Long, region?: String, boss?: User, home: { city: String, zip?: Long }, friends: Set<User>,
  born: datetime, rate: decimal, "odd name"?: Long,
} tags Long;
entity Robot { serial: String };
entity Order in [Order] { owner: User, total: Long, state: State, note?: String };
entity State enum ["open", "paid"];
action all;
action read in [all] appliesTo { principal: [User, Robot], resource: Order, context: { ip?: ipaddr, mfa: Bool } };
action write in [all] appliesTo { principal: User, resource: [Order] };
""")


WRITE_ONLY = parse_schema("entity User; action write appliesTo { principal: User, resource: User };")


def validated(condition: str, scope: str = 'principal is User, action == Action::"read", resource') -> list[Finding]:
    return list(validate(parse_policies(f"permit ({scope}) when {{ {condition} }};"), SCHEMA).errors)


@pytest.mark.parametrize(
    "condition",
    [
        "principal.region == resource.note",
        'principal.region like "e*"',
        "principal.boss.age > 1",
        "principal.home.zip == 1",
        'principal["odd name"] == 1',
        "context.ip.isLoopback()",
        "principal has boss || principal.boss.age > 1",
        "!(principal has boss) && principal.boss.age > 1",
        "(if principal has boss then 1 else principal.boss.age) > 1",
        "(principal has boss || principal has region) && principal.boss.age > 1",
        "(principal has region || principal has boss) && principal.boss.age > 1",
        "(if principal.age > 1 then principal has region else principal has boss) && principal.boss.age > 1",
        "(if principal.age > 1 then principal has boss else principal has region) && principal.boss.age > 1",
        "principal.boss has boss && principal has boss",
        'principal.getTag("a") == 1',
        'principal.hasTag("a") && principal.getTag("b") == 1',
    ],
)
def test_what_may_be_absent_is_not_read_unguarded(condition: str) -> None:
    assert all("may be absent" in error.message for error in validated(condition))
    assert validated(condition)


@pytest.mark.parametrize(
    "condition",
    [
        'principal has region && resource has note && principal.region == resource.note && principal.region like "e*"',
        "principal has boss.boss && principal.boss.boss.age > 1",
        "principal.home has zip && principal.home.zip == 1",
        'principal has "odd name" && principal["odd name"] == 1',
        "if principal has boss then principal.boss.age > 1 else true",
        '(principal has boss && principal has region) && (principal.boss.age > 1 || principal.region == "")',
        "(principal has boss && true || principal has boss) && principal.boss.age > 1",
        "principal has boss && [principal.boss.age].contains(1)",
        "principal is Robot && principal.nothing",
        "false && principal.nothing + true",
        "true || 1",
        "if true then true else 1",
        "if false then principal.nothing else true",
        'principal.hasTag("a") && principal.getTag("a") == 1',
        "resource.hasTag(principal.name) && resource.getTag(principal.name) == 1",
        "principal has nothing && principal.nothing",
        'action in Action::"all"',
        'principal in [Role::"a", Role::"b"]',
        'principal == Robot::"x" || principal.age == 1',
        'true == 1 || "a" != 1',
        '!(principal in Robot::"x") || principal.age + "a"',
        'datetime("2024-01-01").offset(duration("1h")) < principal.born',
        'principal.rate.lessThan(decimal("1.5"))',
        "principal.friends.containsAny([principal, resource.owner]) && [[1], [2]].contains([3])",
        'resource.state == State::"paid"',
        "(if principal.age > 1 then {a: true} else {a: false}).a",
        "1 == 1 || principal.nothing",
        "(principal.age > 1 || principal is User) || principal.nothing",
        "(if principal.age > 1 then true else true) || principal.nothing",
        "(if principal.age > 1 then {a: false} else {a: false}).a && principal.nothing",
        "1 == 2 && principal.nothing",
        'User::"a" == User::"a" || principal.nothing',
        'action != Action::"read" && principal.nothing',
        "action in principal && principal.nothing",
        'action in Action::"write" && principal.nothing',
        'action in [Action::"write"] && principal.nothing',
        'action in [Action::"write", Action::"all"] || principal.nothing',
        'principal in Action::"all" && principal.nothing',
        "[true] == [principal.age > 1] || [[true]].contains([false])",
        "(principal.age > 1 && false) && principal.nothing",
        "(false || false) && principal.nothing",
        "(false || principal has boss) && principal.boss.age > 1",
        "(principal has boss || false) && principal.boss.age > 1",
        "principal has boss && (principal has boss || principal.nothing)",
        'principal.hasTag("a") && (principal.hasTag("a") || principal.nothing)',
        "(if principal has boss then principal has region else principal has boss.region) && principal.boss.age > 1",
        '(if principal has boss then principal has region else principal has region) && principal.region like "a"',
    ],
)
def test_what_cannot_err_is_valid(condition: str) -> None:
    assert validated(condition) == []


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        ("(if principal.age > 1 then true else false) || principal.nothing", "no attribute `nothing`", "it has name"),
        ("(if principal.age > 1 then false else true) && principal.nothing", "no attribute `nothing`", "it has name"),
        ("1 == 1 && principal.nothing", "`User` has no attribute `nothing`", "it has name"),
        ("1 == 2 || principal.nothing", "`User` has no attribute `nothing`", "it has name"),
        ("principal.nmae == 1", "`User` has no attribute `nmae`", "did you mean name"),
        ("principal.home.x == 1", "`{city: String, zip?: Long}` has no attribute `x`", "it has city, zip"),
        ("principal.region == 1", "`region` may be absent from `User`", "write principal has region && …"),
        ("principal.home.zip == 1", "`zip` may be absent from `principal.home`", "write principal.home has zip && …"),
        ('principal["odd name"] == 1', "`odd name` may be absent", 'write principal has "odd name" && …'),
        ('context.ip == ip("::1")', "`ip` may be absent from `context`", "write context has ip && …"),
        ("resource.owner.boss.age > 1", "`boss` may be absent from `User`", "write resource.owner has boss && …"),
        ('principal.getTag("a") > 1', "the tag may be absent from `User`", 'write principal.hasTag("a") && …'),
        ('resource.getTag("a") > 1', "`Order` has no tags", "declare them in the schema: entity Order tags Type;"),
        ("action.name == 1", "`Action` has no attribute `name`", "it has none"),
        ("principal.age.years == 1", "only an entity or a record has attributes, and this is `Long`", ""),
        ('principal.home.hasTag("a")', "only an entity has tags", ""),
        ("principal.age && true", "expected `Bool`, found `Long`", ""),
        ("principal.name", "expected `Bool`, found `String`", ""),
        ("!principal.age", "expected `Bool`, found `Long`", ""),
        ("principal.name + 1 == 1", "expected `Long`, found `String`", ""),
        ("1 + principal.name == 1", "expected `Long`, found `String`", ""),
        ("-(principal.age > 1) == 1", "expected `Long`, found `Bool`", ""),
        ("(principal.age > 1) == 1", "`Bool` and `Long` are never equal", "compare values of one type"),
        ("1 == (principal.age > 1)", "`Long` and `Bool` are never equal", "compare values of one type"),
        ("-principal.name == 1", "expected `Long`, found `String`", ""),
        ('principal in User::"a" && principal.nothing', "no attribute `nothing`", "it has name"),
        ('principal.age like "a"', "expected `String`, found `Long`", ""),
        ("principal.age == principal.name", "`Long` and `String` are never equal", "compare values of one type"),
        ('principal.home == {city: "a"}', "are never equal", "compare values of one type"),
        ("{a: principal.age} == {a: principal.name}", "`{a: Long}` and `{a: String}` are never equal", "one type"),
        ('principal.home == {city: "a", zip: 1}', "are never equal", "one type"),
        ("[principal.age] == [principal.name]", "`Set<Long>` and `Set<String>` are never equal", "one type"),
        ("principal.name < 1", "expected `Long`, `datetime` or `duration`, found `String`", ""),
        ("principal.rate < principal.rate", "found `decimal`", "write a.lessThan(b)"),
        ("principal.born < 1", "`datetime` and `Long` cannot be compared", "compare values of one type"),
        ("principal in principal.name", "`in` is asked of entities, and this is `String`", "write set.contains(value)"),
        ("principal.age in principal", "`in` is asked of entities, and this is `Long`", ""),
        ("principal.age is User", "`is` is asked of an entity, and this is `Long`", ""),
        ("[] == principal.friends", "the type of an empty set is not known", "write set.isEmpty() to ask for one"),
        ('[1, "a"].contains(1)', "a set has items of one type, and this has `Long` and `String`", ""),
        ('principal.friends.contains("a")', "a set of `User` never contains `String`", ""),
        ('principal.friends.contains(Robot::"a")', "a set of `User` never contains `Robot`", ""),
        ("principal.friends.containsAll([1])", "a set of `User` and one of `Long` have nothing in common", ""),
        ("principal.friends.contains(principal.nothing)", "`User` has no attribute `nothing`", "it has name"),
        ("principal.nothing.contains(1)", "`User` has no attribute `nothing`", "it has name"),
        ("principal.age.contains(1)", "expected a set, found `Long`", ""),
        ("principal.age.isEmpty()", "expected a set, found `Long`", ""),
        ("ip(principal.name).isIpv4()", "`ip` takes a literal string", "comes as an attribute of that type"),
        ('ip("300.0.0.1").isIpv4()', "300.0.0.1", ""),
        ('decimal("1").lessThan(decimal("1.0"))', "1", ""),
        ("principal.rate.lessThan(1)", "expected `decimal`, found `Long`", ""),
        ('ip("::1").isInRange()', "`isInRange` takes 2 arguments, and 1 came", ""),
        (
            '(if principal.age > 1 then 1 else "a") == 1',
            "`then` gives `Long`, and `else` gives `String`",
            "both branches",
        ),
        ("(if 1 then true else true)", "expected `Bool`, found `Long`", ""),
        ('principal == Usr::"a"', "there is no entity type `Usr`", "did you mean User"),
        ("principal is Usr", "there is no entity type `Usr`", "did you mean User"),
        ('action == Action::"raed"', 'there is no action `Action::"raed"`', 'did you mean Action::"read"'),
        ('resource.state == State::"gone"', 'there is no `State::"gone"`', 'the schema has State::… of "open", "paid"'),
        ('principal == Shop::Action::"x"', 'there is no action `Shop::Action::"x"`', 'did you mean Action::"all"'),
        ("principal == 1", "`User` and `Long` are never equal", "compare values of one type"),
        ("1 == principal.age && principal.nothing", "no attribute `nothing`", "it has name"),
        ("principal.age == 1 && principal.nothing", "no attribute `nothing`", "it has name"),
        ("[1] == 1", "`Set<Long>` and `Long` are never equal", "compare values of one type"),
        ("1 == [1]", "`Long` and `Set<Long>` are never equal", "compare values of one type"),
        ("{a: 1} == 1", "`{a: Long}` and `Long` are never equal", "compare values of one type"),
        ("1 == {a: 1}", "`Long` and `{a: Long}` are never equal", "compare values of one type"),
        ("1 == principal", "`Long` and `User` are never equal", "compare values of one type"),
        ('User::"a" in Role::"b" && principal.nothing', "no attribute `nothing`", "it has name"),
        ('principal in Role::"a" && principal.nothing', "no attribute `nothing`", "it has name"),
        ('false && User2::"x" == principal', "there is no entity type `User2`", "did you mean User"),
    ],
)
def test_what_can_err_is_refused_in_clear_words(condition: str, message: str, hint: str) -> None:
    errors = validated(condition)
    assert message in errors[0].message
    assert hint in errors[0].hint
    assert hint or not errors[0].hint


@pytest.mark.parametrize(
    "condition",
    [
        "principal.friends.contains(principal.nothing)",
        "principal.nothing.containsAll([1])",
        "principal.nothing == 1",
        "1 == principal.nothing",
        "principal.nothing < 1",
        "1 < principal.nothing",
        "principal in principal.nothing",
        "principal.nothing in principal",
        "principal.nothing is User",
        "principal.nothing.x.y && true",
        "[principal.nothing, 1].contains(true)",
        "[1, principal.nothing].contains(true)",
        "[principal.nothing] == [1]",
        "principal.friends.containsAll(principal.nothing)",
        "{a: principal.nothing}.a == 1",
        "{a: principal.nothing} == {a: 1}",
        "[{a: principal.nothing}].contains({a: 1})",
        "(if principal.nothing then 1 else 2) == 1",
        "(if principal.age > 1 then 1 else principal.nothing) == 1",
        "(if true then principal.nothing else 2) == 1",
        "(if principal.age > 1 then principal.nothing else 2) == 1",
        "!principal.nothing",
        'principal.nothing.hasTag("a") && principal.nothing.getTag("a") == 1',
        "principal.nothing has x && principal.nothing.x == 1",
        "(principal.nothing || principal has boss) && true",
    ],
)
def test_one_error_does_not_bring_others_along(condition: str) -> None:
    assert {error.message for error in validated(condition)} == {"`User` has no attribute `nothing`"}


@pytest.mark.parametrize(
    ("read", "guard"),
    [
        ('principal["a b"].c', 'principal["a b"] has c'),
        ("(if 1 < 2 then principal else principal).d", "(if 1 < 2 then principal else principal) has d"),
        ("[principal].contains(principal) && principal.d", "principal has d"),
    ],
)
def test_the_hint_is_a_guard_that_can_be_written_as_it_is(read: str, guard: str) -> None:
    schema = parse_schema("""
      entity A { "a b": { c?: Bool }, d?: Bool }; action x appliesTo { principal: A, resource: A };
    """)
    (error,) = validate(parse_policies(f"permit (principal, action, resource) when {{ {read} }};"), schema).errors
    assert error.hint == f"write {guard} && …"
    guarded = f"permit (principal, action, resource) when {{ {guard} && {read} }};"
    assert validate(parse_policies(guarded), schema).valid


def test_what_is_no_bool_is_one_error_however_deep() -> None:
    assert [error.message for error in validated("false || principal.name")] == ["expected `Bool`, found `String`"]


@pytest.mark.parametrize("entity", ['Usr::"x"', 'Action::"raed"'])
def test_an_entity_that_is_not_declared_is_one_error(entity: str) -> None:
    (error,) = validated(f"principal.friends.contains({entity})")
    assert error.message.startswith("there is no ")


def test_an_action_that_an_attribute_holds_may_be_any() -> None:
    schema = parse_schema("""
      entity A { may: Action }; action z; action x appliesTo { principal: A, resource: A };
      namespace N { action y appliesTo { principal: A, resource: A }; }
    """)
    for condition, errors in (
        ('principal.may in Action::"x"', 1),
        ('principal.may in N::Action::"y"', 1),
        ('action in [Action::"z", principal.may]', 1),
        ('action in [Action::"z", Action::"z"]', 0),
        ("principal.may in principal", 0),
        ('principal in N::Action::"y"', 0),
    ):
        text = f"permit (principal, action, resource) when {{ {condition} && principal.nothing }};"
        assert len(validate(parse_policies(text), schema).errors) == errors, condition


def test_a_tag_that_is_not_declared_is_one_error() -> None:
    assert [error.message for error in validated('resource.getTag("a") > 1')] == ["`Order` has no tags"]


def test_an_error_does_not_hide_what_stands_behind_it() -> None:
    found = validated("principal in principal.nothing && principal.age.x == 1 && (principal.name || resource.y)")
    assert [error.message for error in found] == [
        "`User` has no attribute `nothing`",
        "only an entity or a record has attributes, and this is `Long`",
        "expected `Bool`, found `String`",
        "`Order` has no attribute `y`",
    ]


def test_an_error_shows_its_place_and_policy() -> None:
    text = (
        "permit (principal, action, resource);\nforbid (principal, action, resource)\nwhen { principal.nmae == 1 };\n"
    )
    (error, _) = validate(parse_policies(text, file="shop.cedar"), SCHEMA).errors
    assert error.policy == "policy1"
    assert error.render() == (
        "shop.cedar:3:8: `User` has no attribute `nmae`\n"
        "3 | when { principal.nmae == 1 };\n"
        "  |        ^^^^^^^^^^^^^^\n"
        "  | hint: did you mean name"
    )


def test_a_policy_that_was_not_written_is_named_by_its_id() -> None:
    condition = Attribute(of=Attribute(of=Variable("principal"), name="nmae"), name="x")
    (error, _) = validate([Policy("rule", clauses=(Clause("when", condition),))], SCHEMA).errors
    assert error.render() == "rule: `User` has no attribute `nmae`\n  hint: did you mean name"


def test_a_policy_that_was_not_written_may_have_an_error_without_a_hint() -> None:
    (error,) = validate([Policy("rule", clauses=(Clause("when", Variable("context")),))], WRITE_ONLY).errors
    assert error.render() == "rule: expected `Bool`, found `{}`"


def test_every_error_is_reported_once_for_all_kinds_of_request() -> None:
    errors = validated('resource.x == 1 && resource.y == 1 || resource.total == "a"', "principal, action, resource")
    assert [error.message for error in errors] == [
        "`Order` has no attribute `x`",
        "`Order` has no attribute `y`",
        "`Long` and `String` are never equal",
    ]


def test_a_condition_is_checked_for_every_kind_of_request() -> None:
    (error,) = validated("principal.age > 1", "principal, action, resource")
    assert error.message == "`Robot` has no attribute `age`"


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ('principal is Robot, action == Action::"write", resource', "the policy applies to no request"),
        ('principal == Order::"1", action, resource', "the policy applies to no request"),
        ('principal, action, resource in Role::"1"', "the policy applies to no request"),
        ('principal, action == Action::"all", resource', "the policy applies to no request"),
        ('principal == Usr::"1", action, resource', "there is no entity type `Usr`"),
        ("principal is Usr, action, resource", "there is no entity type `Usr`"),
        ('principal, action in [Action::"reed"], resource', 'there is no action `Action::"reed"`'),
        ('principal, action, resource == State::"gone"', 'there is no `State::"gone"`'),
    ],
)
def test_a_scope_speaks_of_what_is_declared(scope: str, message: str) -> None:
    assert [error.message for error in validated("true", scope)] == [message]


@pytest.mark.parametrize(
    "scope",
    [
        'principal in Role::"a", action in Action::"all", resource in Order::"7"',
        'principal is User in Role::"a", action in [Action::"read", Action::"all"], resource is Order',
        'principal, action in [Action::"all"], resource',
        "principal == ?principal, action, resource in ?resource",
        "principal is User in ?principal, action, resource is Order in ?resource",
    ],
)
def test_a_scope_that_can_match_is_valid(scope: str) -> None:
    assert validated("true", scope) == []


def test_the_actions_of_a_list_are_of_one_namespace() -> None:
    schema = parse_schema("""
      entity A; action x appliesTo { principal: A, resource: A };
      namespace N { action y appliesTo { principal: A, resource: A }; }
    """)
    (policy,) = parse_policies('permit (principal, action in [Action::"x", N::Action::"y"], resource);')
    (error,) = validate([policy], schema).errors
    assert error.message == "the actions in a list must be of one namespace"


def test_templates_and_what_is_linked_are_checked() -> None:
    text = "permit (principal == ?principal, action, resource) when { principal.nothing == 1 };"
    templates = parse_policy_set(text).templates
    linked = PolicySet.of(templates, [Link("policy0", "ann", {"principal": EntityUid("User", "ann")})])
    errors = validate(linked, SCHEMA).errors
    assert {(error.policy, error.message) for error in errors} == {
        ("policy0", "`User` has no attribute `nothing`"),
        ("policy0", "`Robot` has no attribute `nothing`"),
        ("ann", "`User` has no attribute `nothing`"),
    }


def test_what_a_rule_requires_is_known_in_its_conditions() -> None:
    (policy,) = parse_policies('permit (principal is User, action, resource) when { principal.region == "eu" };')
    assert not validate([policy], SCHEMA).valid
    assert validate([replace(policy, requires=(Has(of=Variable("principal"), name="region"),))], SCHEMA).valid


@pytest.mark.parametrize(
    ("condition", "warnings"),
    [
        ("principal.age > 1", []),
        ("principal is User", ["the condition always holds"]),
        ("principal is Robot", ["the policy is never satisfied"]),
        ("principal has nothing", ["the policy is never satisfied"]),
        ("principal.home has city", ["the condition always holds"]),
        ("principal has name", []),
        ("principal is User && principal.home has city", ["the condition always holds"]),
        ('action in Action::"all"', ["the condition always holds"]),
    ],
)
def test_what_the_schema_decides_is_noticed(condition: str, warnings: list[str]) -> None:
    text = f"permit (principal is User, action, resource) when {{ {condition} }};"
    assert [found.message for found in validate(parse_policies(text), SCHEMA).warnings] == warnings


def test_a_policy_that_applies_to_no_request_is_an_error_and_no_warning() -> None:
    text = 'permit (principal is Robot, action == Action::"write", resource) when { principal.serial == "a" };'
    report = validate(parse_policies(text), SCHEMA)
    assert [found.message for found in report.errors] == ["the policy applies to no request"]
    assert report.warnings == ()


def test_what_holds_for_one_kind_of_request_alone_is_not_noticed() -> None:
    text = "permit (principal, action, resource is Order) when { principal is User };"
    assert validate(parse_policies(text), SCHEMA).warnings == ()


def test_what_stands_behind_a_clause_that_never_holds_is_not_asked() -> None:
    text = "permit (principal is User, action, resource) when { false } when { principal.nothing };"
    assert validate(parse_policies(text), SCHEMA).valid


def test_a_clause_counts_where_it_is_reached() -> None:
    text = "permit (principal, action, resource) when { principal is Robot } when { principal has serial || true };"
    assert [found.message for found in validate(parse_policies(text), SCHEMA).warnings].count(
        "the condition always holds"
    ) == 1


def test_a_guard_in_one_clause_holds_in_the_next() -> None:
    read = 'when { principal.region == "eu" }'
    scope = "permit (principal is User, action, resource)"
    assert validate(parse_policies(f"{scope} when {{ principal has region }} {read};"), SCHEMA).valid
    assert validate(parse_policies(f"{scope} unless {{ !(principal has region) }} {read};"), SCHEMA).valid is False
    assert not validate(parse_policies(f"{scope} {read} when {{ principal has region }};"), SCHEMA).valid


def test_long_conditions_are_checked_without_deep_recursion() -> None:
    assert validated(" && ".join(["principal has region"] * 5_000 + ['principal.region == "eu"'])) == []
    assert len(validated(" || ".join(["principal.age == 1"] * 5_000 + ["principal.age == true"]))) == 1


def test_true_is_not_one() -> None:
    assert validated('principal.hasTag("a") && principal.getTag("a") == true')
    assert validated("[1, true].contains(1)")
    assert parse_expression("true == 1") != parse_expression("1 == 1")
