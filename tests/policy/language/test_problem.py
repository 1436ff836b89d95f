"""Whoever writes something wrong is told what, where, and what to write; of everything that is wrong, at once."""

from __future__ import annotations

import pytest

from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.problem import Unreadable

HEAD = "permit (principal, action, resource)"
A, B = f"{HEAD} when {{ ", " };"
COLUMN = len(A) + 1
ESCAPED = r"""Cedar knows \n \r \t \0 \\ \" \' \x41 \u{1f600}, and \* in patterns"""

CONDITIONS: list[tuple[str, int, str, str]] = [  # text, column in it from 1, message, hint
    ("true and false", 6, "expected `}`, found `and`", "write && for and"),
    ("true or false", 6, "expected `}`, found `or`", "write || for or"),
    ("true & false", 6, "expected `}`, found `&`", "write && for and"),
    ("not true", 1, "expected an expression, found `not`", "write ! for not"),
    ("context.a = 1", 11, "`=` is no operator of Cedar", "write == to compare"),
    ("context.a == 'x'", 14, "expected an expression, found `'`", 'a string stands in plain double quotes: "…"'),
    ("context.a == “x”", 14, "expected an expression, found `“`", 'a string stands in plain double quotes: "…"'),
    ('context.a == "b\rc"', 16, "a bare carriage return", ESCAPED),
    ("1 < 2 < 3", 7, "expected the end of the comparison, found `<`", "put parentheses around the inner comparison"),
    (
        "1 + if true then 1 else 2",
        5,
        "expected an expression, found `if`",
        "put parentheses around it: (if … then … else …)",
    ),
    ("if true then 1", 16, "expected `else`, found `}`", "an if has both: if … then … else …"),
    ("principl.a == 1", 1, "`principl` is no variable", "did you mean principal"),
    ("owner == principal", 1, "`owner` is no variable", "write resource.owner, or the like"),
    ("User == principal", 1, "`User` is no variable", "write resource.User, or the like"),
    ("Shop::User == principal", 1, "`Shop::User` is no variable", 'an entity ends in its id: Type::"id"'),
    ("context.a.contain(1)", 11, "there is no method `contain`", "did you mean contains"),
    ("context.a.isinrange(1)", 11, "there is no method `isinrange`", "did you mean isInRange"),
    ("contains(context.a, 1)", 1, "`contains` is a method", "write it behind what it is asked of: a.contains(…)"),
    ('context.ip("::")', 9, "`ip` is a function", "write ip(…)"),
    ('ipaddr("::")', 1, "`ipaddr` is no function", ""),
    ('decimale("1.0")', 1, "`decimale` is no function", "did you mean decimal"),
    ("context.a.contains()", 11, "`contains` takes one argument, not 0", ""),
    ("context.a.isEmpty(1)", 11, "`isEmpty` takes no argument, not 1", ""),
    ("context.a()", 9, "there is no method `a`", ""),
    ("(context.a)(1)", 12, "this cannot be called", "only functions and methods can"),
    ("context.a ? 1 : 2", 11, "expected `}`, found `?`", "write if … then … else …"),
    ("context.9", 9, "expected an attribute, found `9`", ""),
    ("context.a.9()", 11, "expected a method, found `9`", ""),
    ("&& true", 1, "expected an expression, found `&&`", ""),
    ("?", 1, "expected an expression, found `?`", "write if … then … else …"),
    ("principal is Shop::if", 20, "`if` is a reserved word", "choose another name"),
    ("contains == 1", 1, "`contains` is no variable", "write resource.contains, or the like"),
    ("isIpv4(context.a)", 1, "`isIpv4` is a method", "write it behind what it is asked of: a.isIpv4(…)"),
    ("1 is 2", 6, "expected an entity type, found `2`", ""),
    ("----1 == 1 && -----1 == 1", 15, "more than 4 `-` in a row", "two of them cancel each other"),
    ("-----context.a == 1", 1, "more than 4 `-` in a row", "two of them cancel each other"),
    ("True", 1, "expected an expression, found `True`", "write true or false"),
    ("has", 1, "expected an expression, found `has`", ""),
    ("context.if", 9, "`if` is a reserved word", 'put it in quotes: ["if"]'),
    ("context has is", 13, "`is` is a reserved word", 'put it in quotes: has "is"'),
    ("{in: 1} == context", 2, "`in` is a reserved word", 'put it in quotes: "in"'),
    ("{a: 1, a: 2} == context", 8, "the key `a` stands twice", ""),
    (
        "context[a]",
        9,
        "expected a string in double quotes, found `a`",
        'only a string in quotes may stand in the brackets: a["b"]',
    ),
    ("context.a like b", 16, "expected a string in double quotes, found `b`", "like takes a pattern in double quotes"),
    ("4 / 2 == 2", 3, "division is not part of Cedar", "compute it before, and pass it in the context"),
    ("4 % 2 == 0", 3, "the remainder is not part of Cedar", "compute it before, and pass it in the context"),
    ("!!!!!true", 1, "more than 4 `!` in a row", "two of them cancel each other"),
    ("9223372036854775808 == 1", 1, "the number does not fit into 64 bits", "at most 9223372036854775807"),
    ("-9223372036854775809 == 1", 2, "the number does not fit into 64 bits", "at most 9223372036854775807"),
    ("principal == ?principal", 14, "the slot `?principal` stands in a condition", "slots belong in the scope"),
    (
        "context.a == null",
        14,
        "expected an expression, found `null`",
        "Cedar has no null: ask with has whether an attribute is there",
    ),
]


@pytest.mark.parametrize(("text", "column", "message", "hint"), CONDITIONS)
def test_in_a_condition(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(A + text + B)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint, problem.span.column - COLUMN + 1) == (message, hint, column)


POLICIES: list[tuple[str, int, str, str]] = [  # text, column, message, hint
    (HEAD, 36, "the policy does not end", "write ; behind it"),
    ("alow (principal, action, resource);", 1, "`alow` is no effect", "a policy begins with permit or forbid"),
    ("permitt (principal, action, resource);", 1, "`permitt` is no effect", "did you mean permit"),
    ("Forbid (principal, action, resource);", 1, "`Forbid` is no effect", "did you mean forbid"),
    (
        "permit (principal, resource);",
        20,
        "expected `action`, found `resource`",
        "a policy begins: permit (principal, action, resource)",
    ),
    (
        "permit (principal, action);",
        26,
        "expected `,`, found `)`",
        "a policy begins: permit (principal, action, resource)",
    ),
    ('permit (principal = U::"a", action, resource);', 19, "`=` is no operator of Cedar", "write == to compare"),
    (
        'permit (principal != U::"a", action, resource);',
        19,
        "expected `==`, `in` or `is`, found `!=`",
        "other conditions stand in a when { … }",
    ),
    (
        'permit (principal in [U::"a"], action, resource);',
        22,
        "only actions can be in a list",
        "write a policy for each, or principal in a group",
    ),
    (
        "permit (principal == U, action, resource);",
        23,
        'expected `::"…"`, found `,`',
        'an entity is its type and its id: User::"ann"',
    ),
    ("permit (principal == ?, action, resource);", 22, "the slot `?` cannot stand here", "write ?principal"),
    (
        "permit (principal == ?resource, action, resource);",
        22,
        "the slot `?resource` cannot stand here",
        "write ?principal",
    ),
    (
        "permit (principal, action == ?action, resource);",
        30,
        "an action cannot be a slot",
        'write action == Action::"read", or action in [Action::"read", …]',
    ),
    (
        'permit (principal, action == U::"a", resource);',
        30,
        '`U::"a"` is no action',
        'write action == Action::"read", or action in [Action::"read", …]',
    ),
    (
        "permit (principal, action is Action, resource);",
        27,
        "`is` asks for a type, and every action is an Action",
        'write action == Action::"read", or action in [Action::"read", …]',
    ),
    (f"{HEAD} when {{ }};", 45, "this `when` is empty", "write a condition, or leave the braces away"),
    (f"{HEAD} where {{ true }};", 38, "`where` begins no condition", "did you mean when"),
    (f"{HEAD} if {{ true }};", 38, "`if` begins no condition", "a condition is when { … } or unless { … }"),
    (
        f"{HEAD} when true;",
        38,
        "expected `;`, `when` or `unless`, found `when`",
        "a condition stands in braces: when { … }",
    ),
    (f"@a @a {HEAD};", 5, "the annotation `@a` stands twice", ""),
    (f"@1 {HEAD};", 2, "expected the name of an annotation, found `1`", ""),
    (
        "permit {principal, action, resource};",
        8,
        "expected `(`, found `{`",
        "a policy begins: permit (principal, action, resource)",
    ),
    (
        "allow;",
        1,
        "expected `permit` or `forbid`, found `allow`",
        "each policy begins with permit or forbid, and ends with ;",
    ),
    (
        "permit (principal, action, resource,,);",
        37,
        "expected `)`, found `,`",
        "a policy begins: permit (principal, action, resource)",
    ),
    (
        "permit (principal, action in [?action], resource);",
        31,
        "an action cannot be a slot",
        'write action == Action::"read", or action in [Action::"read", …]',
    ),
    (
        'permit (principal, action in [Shop::Actions::"a"], resource);',
        31,
        '`Shop::Actions::"a"` is no action',
        'write action == Action::"read", or action in [Action::"read", …]',
    ),
    ('permit (principal, action in [Action::"a" Action::"b"], resource);', 43, "expected `]`, found `Action`", ""),
    (f"@a(b) {HEAD};", 4, "expected a string in double quotes, found `b`", 'write @a("…"), or @a alone'),
    (f"\ufeff{HEAD};", 1, "expected `permit` or `forbid`, found `\ufeff`", "save the file without a byte order mark"),
    (f"# a\n{HEAD};", 1, "expected `permit` or `forbid`, found `#`", "a comment begins with //"),
]


@pytest.mark.parametrize(("text", "column", "message", "hint"), POLICIES)
def test_around_conditions(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(text)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint, problem.span.column) == (message, hint, column)


ESCAPES = (r"\q", r"\*", r"\u{}", r"\u{110000}", r"\u{d800}", r"\u{0000041}", r"\u", r"\x", r"\/")


@pytest.mark.parametrize("escape", ESCAPES)
def test_an_escape_that_cedar_does_not_know_is_shown_where_it_stands(escape: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(f'{A}context.a == "ab{escape}c"{B}')
    (problem,) = caught.value.problems
    assert problem.message == f"`{escape}` is no escape of Cedar"
    assert problem.span.text == escape


@pytest.mark.parametrize("escape", [r"\*", r"\x41", r"\u{10ffff}", r"\u{d7ff}", r"\u{e000}", r"\u{0_0_0041}", r"\0"])
def test_an_escape_of_a_pattern_that_cedar_knows(escape: str) -> None:
    assert len(parse_policies(f'{A}context.a like "ab{escape}*c"{B}')) == 1


@pytest.mark.parametrize("before", ["", "ab", r"\*", r"a\**b\*", r"\\\*"])
def test_a_bad_escape_of_a_pattern_is_shown_where_it_stands(before: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(f'{A}context.a like "{before}\\qc"{B}')
    (problem,) = caught.value.problems
    assert (problem.span.text, problem.span.column) == (r"\q", COLUMN + 16 + len(before))


@pytest.mark.parametrize(
    "wrong",
    ["permit (", "permit (principal, action, resource) when { (((", "x y z", "permit (principal) when { permit };"],
)
def test_reading_goes_on_at_the_next_policy(wrong: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(f"{wrong}\n@a {HEAD} when {{ context.if }};\n{HEAD};\nforbid (principal, action);")
    assert [problem.place for problem in caught.value.problems][1:] == ["2:56", "4:26"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = (
        "permit (principal, action, resource) when { context.a.contian(1) && principl.b == 9223372036854775808 }\n"
        "forbid (principal, action, resource) when { context.a and context.b };\n"
        "allow (principal, action, resource);\n"
        "permit (principal, action);\n"
        "permit (principal, action, resource);\n"
        "permit (principal, action, resource) unless { context.if };\n"
    )
    with pytest.raises(Unreadable) as caught:
        parse_policies(text, file="a.cedar")
    assert [str(problem) for problem in caught.value.problems] == [
        "a.cedar:1:55: there is no method `contian`",
        "a.cedar:1:69: `principl` is no variable",
        "a.cedar:1:83: the number does not fit into 64 bits",
        "a.cedar:1:103: the policy does not end",
        "a.cedar:2:55: expected `}`, found `and`",
        "a.cedar:3:1: `allow` is no effect",
        "a.cedar:4:26: expected `,`, found `)`",
        "a.cedar:6:55: `if` is a reserved word",
    ]
    assert str(caught.value) == "a.cedar:1:55: there is no method `contian` (and 7 more)"
    assert caught.value.hint == "did you mean contains"


def test_each_problem_is_shown_in_its_line() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(f"\n{HEAD}\n\twhen {{ context.a.contian(1) }};", file="a.cedar")
    assert caught.value.render() == (
        "error: a.cedar:3:19: there is no method `contian`\n"
        "3 | \twhen { context.a.contian(1) };\n"
        "  | \t                 ^^^^^^^\n"
        "  | hint: did you mean contains"
    )


def test_of_a_line_without_end_only_the_place_is_shown() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(A + "true && " * 9_000 + "context.if" + " || true" * 9_000 + B)
    _, line, carets, _ = caught.value.render().split("\n")
    assert len(line) < 160
    assert line[carets.index("^") : carets.rindex("^") + 1] == "if"


@pytest.mark.parametrize(("before", "margin"), [(0, 0), (69, 69), (70, 69), (500, 69)])
def test_of_a_long_line_the_place_stands_in_the_middle(before: int, margin: int) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies("\n" * 9 + " " * before + "alow (" + " " * 300)
    title, line, carets = caught.value.render().split("\n")[:3]
    assert title == f"error: 10:{before + 1}: `alow` is no effect"
    assert carets == "   | " + " " * margin + "^^^^"
    assert line == "10 | " + (" " * margin + "alow (" + " " * 300)[:140]


def test_carets_end_with_the_line() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies(f"{HEAD} when {{ context.a.contains(1,\n\n  2) || 4\n/ 2 == 2 }};")
    assert caught.value.render().split("\n")[1:3] == [
        f"1 | {HEAD} when {{ context.a.contains(1,",
        "  | " + " " * (COLUMN + 9) + "^^^^^^^^",
    ]


def test_a_place_without_text_has_one_caret() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_policies("permit (\n")
    assert caught.value.render().split("\n") == [
        "error: 2:1: expected `principal`, found the end",
        "2 | ",
        "  | ^",
        "  | hint: a policy begins: permit (principal, action, resource)",
    ]


def test_one_problem_is_not_said_to_be_one_of_many() -> None:
    with pytest.raises(Unreadable) as one:
        parse_policies("permit (principal, action, resource)")
    assert len(one.value.problems) == 1
    assert "more)" not in str(one.value)
