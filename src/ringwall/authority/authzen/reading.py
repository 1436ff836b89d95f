"""From a request's bytes to questions: every required field there, of its type and of bounded length.

What is unknown is passed over (section "JSON Serialization" of the AuthZEN Authorization API 1.0); everything else that
is wrong raises ``Invalid`` with one line that names the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringwall.authority.policies.question import Doing, Question, Thing
from ringwall.errors import Invalid
from ringwall.intake.json_text import nesting
from ringwall.tokens.strict_json import parse_object

DEPTH = 32
"""Levels of arrays and objects in a body."""

LONGEST = 1024
"""Characters of a type, an id or a name."""

Body = Mapping[str, Any]


def body(data: bytes, content_type: bytes | None) -> Body:
    """The JSON object in a request."""
    kind = (content_type or b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        raise Invalid("send the request as application/json")
    if nesting(data) > DEPTH:
        raise Invalid(f"the body is nested more than {DEPTH} levels deep")
    return parse_object(data, "the body")


def question(asked: Body) -> Question:
    """The question of an Access Evaluation request."""
    return Question(thing(asked, "subject"), doing(asked), thing(asked, "resource"), context(asked))


def thing(asked: Body, name: str) -> Thing:
    """``subject`` or ``resource``, with its type and id."""
    found = member(asked, name)
    return Thing(_text(found, name, "type"), _text(found, name, "id", shortest=0), _properties(found, name))


def kind_of_thing(asked: Body, name: str) -> str:
    """The type of a ``subject`` or ``resource`` that is searched for; an id beside it means nothing."""
    return _text(member(asked, name), name, "type")


def doing(asked: Body) -> Doing:
    """``action``."""
    found = member(asked, "action")
    return Doing(_text(found, "action", "name"), _properties(found, "action"))


def context(asked: Body) -> Body:
    """``context``, empty when there is none."""
    return member(asked, "context") if "context" in asked else {}


def member(asked: Body, name: str) -> Body:
    """A required member that is an object."""
    if name not in asked:
        raise Invalid(f"{name} is missing")
    found = asked[name]
    if type(found) is not dict:
        raise Invalid(f"{name} must be an object")
    return found


def _text(found: Body, owner: str, name: str, *, shortest: int = 1) -> str:
    value = found.get(name)
    if name not in found:
        raise Invalid(f"{owner}.{name} is missing")
    if type(value) is not str:
        raise Invalid(f"{owner}.{name} must be a string")
    if not shortest <= len(value) <= LONGEST:
        raise Invalid(f"{owner}.{name} must have {shortest} to {LONGEST} characters")
    return value


def _properties(found: Body, owner: str) -> Body:
    value = found.get("properties", {})
    if type(value) is not dict:
        raise Invalid(f"{owner}.properties must be an object")
    return value
