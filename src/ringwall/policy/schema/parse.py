"""Cedar's schema syntax, version 4.5: from text to a resolved schema, or to everything that is wrong with it."""

from __future__ import annotations

from ringwall.policy.language.cursor import Lost
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.schema.cursor import SchemaCursor
from ringwall.policy.schema.names import fault_of_namespace
from ringwall.policy.schema.parse_declaration import WORDS, Declarations, read_declaration
from ringwall.policy.schema.resolve import resolved
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.written import Namespace


def parse_schema(text: str, *, file: str = "") -> Schema:
    """The schema that ``text`` declares. Raises ``Unreadable`` with every problem at once."""
    return resolved(written_namespaces(text, file=file))


def written_namespaces(text: str, *, file: str = "") -> tuple[Namespace, ...]:
    """The schema as it stands there, its names not yet looked up. Raises ``Unreadable`` with every problem."""
    cursor = SchemaCursor(text, file)
    outside, namespaces = Declarations(), dict[str, Namespace]()
    while cursor.words[cursor.at]:
        start = cursor.at
        try:
            annotations = cursor.annotations()
            if cursor.take("namespace"):
                _read_namespace(cursor, namespaces, annotations)
            else:
                read_declaration(cursor, outside, annotations)
        except Lost:
            _recover(cursor, start)
    if cursor.problems:
        raise Unreadable(sorted(cursor.problems, key=lambda problem: problem.span.start))
    bare = Namespace("", outside.common_types, outside.entities, outside.actions)
    return (bare, *namespaces.values()) if bare != Namespace() else tuple(namespaces.values())


def _read_namespace(cursor: SchemaCursor, into: dict[str, Namespace], annotations: dict[str, str]) -> None:
    first = cursor.at
    name = cursor.type_name("the name of a namespace")
    span = cursor.span(first)
    if wrong := fault_of_namespace(name):
        cursor.report(wrong, span, "choose another name")
    elif name in into:
        cursor.report(f"the namespace `{name}` stands twice", span, "write all of it in one place")
    cursor.expect("{", "a namespace is written namespace Name { … }")
    inside = Declarations()
    while not cursor.take("}"):
        start = cursor.at
        try:
            if not cursor.words[start]:
                raise cursor.lost("`}`", f"close the namespace {name}")
            read_declaration(cursor, inside, cursor.annotations())
        except Lost:
            _recover(cursor, start)
            if not cursor.words[cursor.at]:
                break
    into[name] = Namespace(name, inside.common_types, inside.entities, inside.actions, annotations, span=span)


def _recover(cursor: SchemaCursor, start: int) -> None:
    """Go to where the next declaration may begin: behind a ``;``, at its first word, or at the end of the namespace."""
    words = cursor.words
    depth = sum((word == "{") - (word == "}") for word in words[start : cursor.at])
    while word := words[cursor.at]:
        if cursor.at > start and (word == "namespace" or word in WORDS) and words[cursor.at + 1][:1] not in (":", "?"):
            return
        if word == "}" and depth == 0 and cursor.at > start:
            return
        depth += (word == "{") - (word == "}")
        cursor.at += 1
        if word == ";" and depth <= 0:
            return
