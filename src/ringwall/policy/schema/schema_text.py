"""A schema in Cedar's schema syntax, laid out as Cedar's own printer does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import quoted
from ringwall.policy.language.vocabulary import is_name
from ringwall.policy.schema.declared import Declared, candidates
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenAction,
    WrittenEntity,
    WrittenField,
    WrittenRecord,
    WrittenScope,
    WrittenSet,
    WrittenType,
)

_INDENT = "  "


def schema_text(schema: Schema) -> str:
    """The schema as it was written, comments aside.

    Raises ``Misconfigured`` for what only JSON can say: that a name means an entity type although a common type has it
    too, or that a common type is the shape of an entity.
    """
    printer = _Printer(Declared.of(schema.written))
    return "\n".join(declaration for namespace in schema.written for declaration in printer.namespace(namespace))


class _Printer:
    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    def namespace(self, namespace: Namespace) -> Iterator[str]:
        inside = list(self._declarations(namespace))
        if not namespace.name:
            yield from inside
            return
        head = f"{_annotations(namespace.annotations)}namespace {namespace.name} {{"
        body = "\n".join(inside)
        yield "\n".join([head, *(f"{_INDENT}{line}".rstrip() for line in body.splitlines()), "}"]) + "\n"

    def _declarations(self, namespace: Namespace) -> Iterator[str]:
        for name, common in namespace.common_types.items():
            yield f"{_annotations(common.annotations)}type {name} = {self._type(common.type, namespace)};\n"
        for name, entity in namespace.entities.items():
            yield f"{_annotations(entity.annotations)}entity {name}{self._entity(name, entity, namespace)};\n"
        for name, action in namespace.actions.items():
            yield f"{_annotations(action.annotations)}action {quoted(name)}{self._action(action, namespace)};\n"

    def _entity(self, name: str, entity: WrittenEntity, namespace: Namespace) -> str:
        if entity.enum is not None:
            return f" enum [{', '.join(map(quoted, entity.enum))}]"
        if not isinstance(entity.shape, WrittenRecord):
            hint = "the text format has attributes in braces only: print this schema as JSON"
            raise Misconfigured(f"the shape of {namespace.full(name)} is a common type", hint=hint)
        text = f" in [{_names(entity.parents)}]" if entity.parents else ""
        if entity.shape.fields:
            text += f" = {self._record(entity.shape, namespace)}"
        return text if entity.tags is None else f"{text} tags {self._type(entity.tags, namespace)}"

    def _action(self, action: WrittenAction, namespace: Namespace) -> str:
        groups = ", ".join(f"{group.type or 'Action'}::{quoted(group.id)}" for group in action.groups)
        text = f" in [{groups}]" if groups else ""
        scope = action.applies_to
        if scope is None or not scope.principals or not scope.resources:
            return text
        return f"{text} appliesTo {{\n{self._scope(scope, namespace)}\n}}"

    def _scope(self, scope: WrittenScope, namespace: Namespace) -> str:
        lines = [
            f"principal: [{_names(scope.principals)}]",
            f"resource: [{_names(scope.resources)}]",
            f"context: {self._type(scope.context, namespace)}",
        ]
        return _indented(",\n".join(lines))

    def _type(self, written: WrittenType, namespace: Namespace) -> str:
        match written:
            case Name():
                return self._name(written, namespace)
            case Builtin():
                return self._builtin(str(written.type), namespace)
            case WrittenSet():
                return f"Set<{self._type(written.element, namespace)}>"
            case WrittenRecord():
                return self._record(written, namespace)

    def _builtin(self, name: str, namespace: Namespace) -> str:
        """The plain name, unless the schema has given it another meaning."""
        taken = {*self._declared.common_types, *self._declared.entities}
        shadowed = not taken.isdisjoint(candidates(name, namespace))
        return f"__cedar::{name}" if shadowed else name

    def _name(self, written: Name, namespace: Namespace) -> str:
        if written.kind == "entity" and self._declared.common(written.name, namespace) is not None:
            hint = "rename one of them, or print this schema as JSON"
            raise Misconfigured(f"{written.name} is both an entity type and a common type", hint=hint)
        return written.name

    def _record(self, record: WrittenRecord, namespace: Namespace) -> str:
        if not record.fields:
            return "{}"
        lines = [self._field(name, field, namespace) for name, field in record.fields.items()]
        return "{\n" + _indented(",\n".join(lines)) + "\n}"

    def _field(self, name: str, field: WrittenField, namespace: Namespace) -> str:
        shown = name if is_name(name) else quoted(name)
        optional = "" if field.required else "?"
        return f"{_annotations(field.annotations)}{shown}{optional}: {self._type(field.type, namespace)}"


def _names(names: tuple[Name, ...]) -> str:
    return ", ".join(name.name for name in names)


def _annotations(annotations: Mapping[str, str]) -> str:
    return "".join(f"@{name}({quoted(value)})\n" for name, value in annotations.items())


def _indented(text: str) -> str:
    return "\n".join(f"{_INDENT}{line}" for line in text.split("\n"))
