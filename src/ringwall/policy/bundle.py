"""Everything that decides for one service: its policies, their schema, and the entities that are kept beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entities_json import entities_from_json
from ringwall.policy.json_text import json_from_text
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.schema import Schema
from ringwall.policy.validation.conform import check_entities
from ringwall.policy.validation.validate import validate

POLICIES, SCHEMA, ENTITIES = ".cedar", ".cedarschema", ".json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """An immutable set that was read as a whole, and validated where there is a schema.

    ``version`` is the SHA-256 of its texts in hex, so two bundles of one version are the same.
    """

    policies: PolicySet = field(default_factory=PolicySet)
    schema: Schema | None = None
    entities: Entities = field(default_factory=Entities)
    version: str = ""


def read_bundle(texts: Mapping[str, str], *, must_have_schema: bool = False) -> Bundle:
    """The bundle of these files, by their names: ``*.cedar``, at most one ``*.cedarschema``, ``*.json`` entities.

    A policy's id is its ``@id``, else its file and place: ``orders.cedar#2``. Raises ``Misconfigured`` with everything
    that is wrong in all of them: what does not parse, does not validate, or stands twice.
    """
    named = {
        ending: [name for name in sorted(texts) if name.endswith(ending)] for ending in (POLICIES, SCHEMA, ENTITIES)
    }
    schema = _schema(named[SCHEMA], texts)
    if schema is None and must_have_schema and named[POLICIES]:
        raise Misconfigured(
            "policies in production need a schema", hint="put a *.cedarschema beside them", where=named[POLICIES][0]
        )
    policies = PolicySet.of(_policies(named[POLICIES], texts))
    if schema is not None:
        _must_validate(policies, schema)
    entities = _entities(named[ENTITIES], texts, schema)
    return Bundle(policies, schema, entities, _version(texts))


def _schema(names: list[str], texts: Mapping[str, str]) -> Schema | None:
    if len(names) > 1:
        raise Misconfigured(f"there are two schemas, {names[0]} and {names[1]}", hint="keep one, with namespaces in it")
    return parse_schema(texts[names[0]], file=names[0]) if names else None


def _policies(names: list[str], texts: Mapping[str, str]) -> list[Policy]:
    found: list[Policy] = []
    problems: list[Problem] = []
    for name in names:
        try:
            each = parse_policies(texts[name], file=name)
        except Unreadable as error:
            problems += error.problems
        else:
            found += [_named(policy, f"{name}#{place}") for place, policy in enumerate(each, 1)]
    if problems:
        raise Unreadable(problems)
    return found


def _named(policy: Policy, otherwise: str) -> Policy:
    return replace(policy, id=policy.annotations.get("id") or otherwise)


def _must_validate(policies: PolicySet, schema: Schema) -> None:
    report = validate((*policies.static, *policies.templates), schema)
    if report.errors:
        raise Unreadable(report.errors)


def _entities(names: list[str], texts: Mapping[str, str], schema: Schema | None) -> Entities:
    listed: list[object] = []
    for name in names:
        found = json_from_text(texts[name], where=name)
        if not isinstance(found, list):
            raise Misconfigured(
                "the entities are not a list", where=name, hint='[{"uid": …, "attrs": …, "parents": …}]'
            )
        listed += found
    entities = entities_from_json(listed, schema)
    if schema is not None:
        check_entities(entities, schema)
    return entities


def _version(texts: Mapping[str, str]) -> str:
    whole = json.dumps(sorted(texts.items()), ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()
