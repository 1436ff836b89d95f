"""Schemas against Cedar's own engine: every schema of its corpus, in both forms, and texts that someone mistyped."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from tests.policy.schema.written_schemas import schemas

from ringwall.policy.language.problem import Unreadable
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.resolve import resolved
from ringwall.policy.schema.schema_json import schema_from_json, schema_to_json
from ringwall.policy.schema.schema_text import schema_text
from ringwall.policy.schema.written import Namespace

pytestmark = pytest.mark.peer("node")

Wasm = Callable[..., Any]
TOKEN = re.compile(r'\s+|//.*|[A-Za-z_]\w*|"(?:[^"\\]|\\.)*"|::|.', re.DOTALL)
JUNK = (
    *(
        "entity",
        "type",
        "action",
        "in",
        "tags",
        "enum",
        "namespace",
        "N",
        ":",
        "::",
        ",",
        ";",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
    ),
    *(
        "Set",
        "Long",
        "Bool",
        "__cedar",
        "ipaddr",
        '"a"',
        '""',
        "a",
        "A",
        "?",
        "=",
        "@",
        '@x("y")',
        "(",
        ")",
        "appliesTo",
    ),
    *("principal", "resource", "context", "Action", "if", r'"\q"', "//", "principal: [a],", "{}"),
)


def test_every_schema_of_the_corpus_is_the_same_in_both_forms(
    cedar_cases: list[dict[str, Any]], cedar_wasm: Wasm
) -> None:
    texts = list({case["schema"]: None for case in cedar_cases})
    for text in texts:
        schema = parse_schema(text)
        assert schema_from_json(schema_to_json(schema)) == schema
        assert parse_schema(schema_text(schema)) == schema
    for text in texts[::20]:
        schema = parse_schema(text)
        value = cedar_wasm("schemaToJson", text)["json"]
        assert schema_to_json(schema) == value
        assert parse_schema(cedar_wasm("schemaToText", value)["text"]) == schema
        assert schema_from_json(cedar_wasm("schemaToJsonWithResolvedTypes", text)["json"]) == schema


@settings(max_examples=30)
@given(schemas())
def test_a_printed_schema_is_what_cedar_reads(cedar_wasm: Wasm, written: tuple[Namespace, ...]) -> None:
    schema = resolved(written)
    answer = cedar_wasm("schemaToJson", schema_text(schema))
    assert answer["type"] == "success", answer
    assert schema_from_json(answer["json"]) == schema
    assert cedar_wasm("schemaToText", schema_to_json(schema))["type"] == "success"


def test_a_mistyped_schema_is_refused_exactly_where_cedar_refuses_it(
    cedar_cases: list[dict[str, Any]], cedar_wasm: Wasm
) -> None:
    chance = random.Random(45)
    texts = sorted({case["schema"] for case in cedar_cases}, key=len)[:1_000]
    refused = 0
    for _ in range(400):
        text = mistyped(chance.choice(texts), chance)
        answer = cedar_wasm("schemaToJson", text)
        try:
            read = schema_to_json(parse_schema(text))
        except Unreadable:
            assert answer["type"] == "failure", text
            refused += 1
        else:
            assert answer.get("json") == read, text
    assert 100 < refused < 390


def mistyped(text: str, chance: random.Random) -> str:
    words = TOKEN.findall(text)
    for _ in range(chance.choice([1, 1, 2])):
        at, other = chance.randrange(len(words)), chance.randrange(len(words))
        match chance.randrange(4):
            case 0:
                words[at] = ""
            case 1:
                words.insert(at, chance.choice(JUNK))
            case 2:
                words[at] = chance.choice(JUNK)
            case 3:
                words[at], words[other] = words[other], words[at]
    return "".join(words)
