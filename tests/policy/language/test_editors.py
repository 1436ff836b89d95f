"""The grammars for editors: every pattern compiles, and a sample has the classes that it should have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringwall.policy.language.vocabulary import EXTENSION_FUNCTIONS, RESERVED, VARIABLES

EDITORS = Path(__file__).parents[3] / "editors"
GRAMMARS = ("cedar", "cedarschema")


def _grammar(name: str) -> dict[str, Any]:
    grammar: dict[str, Any] = json.loads((EDITORS / f"{name}.tmLanguage.json").read_text(encoding="utf-8"))
    return grammar


def _classes(grammar: dict[str, Any], text: str) -> Iterator[tuple[str, str]]:
    """Each piece of the text with its class, as an editor finds it: the pattern that matches first, else the first."""
    rules = [grammar["repository"][rule["include"][1:]] for rule in grammar["patterns"]]
    for line in text.split("\n"):
        at = 0
        while at < len(line):
            found = [(match, rule) for rule in rules if (match := re.compile(_begin(rule)).search(line, at))]
            if not found:
                return
            match, rule = min(found, key=lambda pair: pair[0].start())
            end = match.end()
            if "end" in rule:
                inner = re.compile(r"(?:\\.|[^\\])*?" + rule["end"]).match(line, end)
                assert inner is not None
                end = inner.end()
            pieces = rule.get("captures")
            if pieces:
                yield from ((match[int(group)], piece["name"]) for group, piece in pieces.items() if match[int(group)])
            else:
                yield line[match.start() : end], rule["name"]
            at = end


def _begin(rule: dict[str, Any]) -> str:
    pattern: str = rule.get("begin") or rule["match"]
    return pattern


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_rule_is_used_and_compiles(name: str) -> None:
    grammar = _grammar(name)
    assert grammar["scopeName"] == f"source.{name}"
    assert {rule["include"] for rule in grammar["patterns"]} == {f"#{rule}" for rule in grammar["repository"]}
    for rule in grammar["repository"].values():
        for pattern in (rule, *rule.get("patterns", ())):
            assert pattern["name"].endswith(f".{name}")
            assert not re.compile(_begin(pattern)).match("")


POLICY = r"""// note
@id("a")
permit (principal is Shop::User in ?principal, action in [Action::"read"], resource)
when { context.a.contains(ip("::\n")) && !(resource has b) || if true then -12 < principal.permit else false };"""


def test_a_policy_has_its_colours() -> None:
    found = {piece: name.removesuffix(".cedar") for piece, name in _classes(_grammar("cedar"), POLICY)}
    assert (
        found.items()
        >= {
            "// note": "comment.line.double-slash",
            "id": "entity.name.function.decorator",
            '"a"': "string.quoted.double",
            "principal": "variable.language",
            "resource": "variable.language",
            "is": "keyword.operator.word",
            "Shop::User": "entity.name.type",
            "?principal": "variable.parameter.slot",
            "Action": "entity.name.type",
            '"read"': "string.quoted.double",
            "when": "keyword.control.clause",
            "a": "variable.other.member",
            "contains": "support.function.method",
            "ip": "support.function",
            '"::\\n"': "string.quoted.double",
            "&&": "keyword.operator",
            "has": "keyword.operator.word",
            "if": "keyword.control.conditional",
            "true": "constant.language.boolean",
            "12": "constant.numeric.integer",
            "permit": "variable.other.member",  # the last one; the first is an effect
        }.items()
    )
    assert next(name for piece, name in _classes(_grammar("cedar"), POLICY) if piece == "permit") == (
        "keyword.control.effect.cedar"
    )


SCHEMA = """namespace Shop {
  @doc("a")
  entity User in [Group] = {name: String, age?: Long, type: Set<ipaddr>} tags Bool;
  action read appliesTo {principal: User, resource: [Order], context: {}};
}"""


def test_a_schema_has_its_colours() -> None:
    found = {piece: name.removesuffix(".cedarschema") for piece, name in _classes(_grammar("cedarschema"), SCHEMA)}
    assert (
        found.items()
        >= {
            "namespace": "keyword.declaration",
            "Shop": "entity.name.type",
            "doc": "entity.name.function.decorator",
            "User": "entity.name.type",
            "in": "keyword.operator.word",
            "age": "variable.other.member",
            "type": "variable.other.member",
            "String": "support.type",
            "ipaddr": "support.type",
            "tags": "keyword.operator.word",
            "appliesTo": "keyword.operator.word",
            "principal": "keyword.other",
            "Order": "entity.name.type",
        }.items()
    )


def test_every_word_of_the_language_has_a_colour() -> None:
    plain = {"entity.name.type.cedar", "variable.other.member.cedar"}
    for word in (RESERVED - {"__cedar"}) | VARIABLES.keys():
        assert {name for _, name in _classes(_grammar("cedar"), word)}.isdisjoint(plain), word
    for word in EXTENSION_FUNCTIONS:
        assert next(_classes(_grammar("cedar"), f"{word}("))[1] == "support.function.cedar"
