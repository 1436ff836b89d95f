"""Looking around in an expression."""

from __future__ import annotations

import pytest

from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.walk import parts_of, path_of, reads, walk


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1", []),
        ("principal", []),
        ("principal.a", ["principal"]),
        ("principal has a", ["principal"]),
        ("principal is A", ["principal"]),
        ('"a" like "b"', ['"a"']),
        ("!true", ["true"]),
        ("-principal", ["principal"]),
        ("[1].isEmpty()", ["[1]"]),
        ("1 == 2", ["1", "2"]),
        ("1 < 2", ["1", "2"]),
        ("principal in resource", ["principal", "resource"]),
        ("true && false", ["true", "false"]),
        ("true || false", ["true", "false"]),
        ("1 * 2", ["1", "2"]),
        ("[1].contains(2)", ["[1]", "2"]),
        ("[1].containsAll([2])", ["[1]", "[2]"]),
        ("[1].containsAny([2])", ["[1]", "[2]"]),
        ('principal.hasTag("a")', ["principal", '"a"']),
        ('principal.getTag("a")', ["principal", '"a"']),
        ("{a: 1, b: 2}", ["1", "2"]),
        ("[1, 2]", ["1", "2"]),
        ('ip("::")', ['"::"']),
        ("if true then 1 else 2", ["true", "1", "2"]),
    ],
)
def test_the_parts_of_each_kind_in_the_order_written(text: str, parts: list[str]) -> None:
    expression = parse_expression(text)
    assert [expression_text(part) for part in parts_of(expression)] == parts
    assert next(walk(expression)) is expression


def test_a_walk_goes_into_everything_from_left_to_right() -> None:
    found = [expression_text(part) for part in walk(parse_expression("principal.a == [1, {b: -principal}]"))]
    assert found[1:3] == ["principal.a", "principal"]
    assert found[4:] == ["1", "{b: -principal}", "-principal", "principal"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("resource.a.b == 1", [("a", "b"), ("a",)]),
        ("resource.a == resource.a", [("a",)]),
        ("resource has a", [("a",)]),
        ("resource == principal.a", []),
        ("context.a.b", []),
        ("{a: resource.b}.a == 1", [("b",)]),
    ],
)
def test_what_a_condition_reads_of_the_resource(text: str, paths: list[tuple[str, ...]]) -> None:
    assert reads(parse_expression(text)) == paths


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("resource", ("resource",)),
        ("resource.a.b", ("resource", "a", "b")),
        ("resource.a has b", ("resource", "a", "b")),
        ("{a: 1}.a", ()),
        ("1", ()),
    ],
)
def test_a_path_begins_at_a_variable(text: str, path: tuple[str, ...]) -> None:
    assert path_of(parse_expression(text)) == path
