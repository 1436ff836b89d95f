"""The files that a verb is about: policies, the schema beside them, and entities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entities_json import entities_from_json
from ringwall.policy.json_text import json_from_text
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.policy import Policy
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.schema_json import schema_from_json

POLICIES, SCHEMA, SCHEMA_JSON, ENTITIES, TABLES = ".cedar", ".cedarschema", ".cedarschema.json", ".json", ".test.toml"

_LARGEST = 64 << 20  # bytes of one file; a device has no end


@dataclass(frozen=True, slots=True)
class Files:
    """What a path has: files of policies, of a schema and of entities."""

    policies: tuple[Path, ...]
    schemas: tuple[Path, ...]
    entities: tuple[Path, ...]


def files_of(paths: Iterable[str]) -> Files:
    """The files of each path: a directory's, or a file of policies with the schema and entities beside it.

    Raises ``Misconfigured`` where there are no policies.
    """
    found: list[Path] = []
    beside: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            beside += sorted(path.iterdir())
            found += [file for file in sorted(path.iterdir()) if file.name.endswith(POLICIES)]
        elif path.is_file():
            beside += sorted(path.parent.iterdir())
            found.append(path)
        else:
            raise Misconfigured(f"there is no {path}", hint="name a file of policies, or a directory of them")
    if not found:
        raise Misconfigured(
            f"no *{POLICIES} is in {', '.join(map(str, paths))}",
            hint="name their files or directory; `ringwall policy show APP > all.cedar` writes those of a service",
        )
    return Files(
        _once(found),
        _once(file for file in beside if file.name.endswith((SCHEMA, SCHEMA_JSON))),
        _once(file for file in beside if file.name.endswith(ENTITIES) and not file.name.endswith(SCHEMA_JSON)),
    )


def read_policies(files: Iterable[Path]) -> tuple[Policy, ...]:
    """The policies of all files, called by their ``@id`` or else by their place: ``orders.cedar#2``.

    Raises ``Unreadable`` with the problems of every file, and ``Misconfigured`` for an id that stands twice.
    """
    problems: list[Problem] = []
    each: list[Policy] = []
    for file in files:
        try:
            found = parse_policies(read_text(file), file=str(file))
            each += [_named(policy, f"{file.name}#{place}") for place, policy in enumerate(found, 1)]
        except Unreadable as error:
            problems += error.problems
    if problems:
        raise Unreadable(problems)
    seen: dict[str, Policy] = {}
    for policy in each:
        if policy.id in seen:
            raise Misconfigured(
                f"the id {policy.id} stands at {seen[policy.id].where} already",
                where=policy.where,
                hint="give it another",
            )
        seen[policy.id] = policy
    return tuple(each)


def read_deciding(files: Iterable[Path]) -> tuple[Policy, ...]:
    """The same without templates, which decide nothing by themselves."""
    return tuple(policy for policy in read_policies(files) if not policy.slots)


def read_schema(files: Iterable[Path], named: str | None = None) -> Schema | None:
    """The schema: the one ``named``, or the only one there is. Raises ``Misconfigured``."""
    each = [Path(named)] if named else list(files)
    if len(each) > 1:
        raise Misconfigured(f"which schema: {each[0]} and {each[1]}?", hint="say which with --schema")
    for file in each:
        if file.name.endswith(".json"):
            return schema_from_json(read_json(file))
        return parse_schema(read_text(file), file=str(file))
    return None


def read_entities(files: Iterable[Path], schema: Schema | None) -> Entities:
    """All entities of all files. Raises ``Misconfigured``."""
    each = [entity for file in files for entity in entities_from_json(read_json(file), schema).values()]
    return Entities(each)


def read_text(file: Path) -> str:
    """A file's text. Raises ``Misconfigured``."""
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise Misconfigured(f"{file} is larger than {_LARGEST >> 20} MiB")
        return text.decode()
    except UnicodeDecodeError:
        raise Misconfigured(f"{file} is not UTF-8") from None
    except OSError as error:
        raise Misconfigured(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None


def read_json(file: Path) -> Any:
    """What a JSON file says. Raises ``Misconfigured``."""
    return json_from_text(read_text(file), where=str(file))


def _named(policy: Policy, otherwise: str) -> Policy:
    return replace(policy, id=policy.annotations.get("id") or otherwise)


def _once(files: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(files))
