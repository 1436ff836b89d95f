"""Types of attributes and tags, and of the questions whether they are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringwall.policy.entity_uid import quoted
from ringwall.policy.expression import Attribute, Expression, GetTag, Has, HasTag
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.vocabulary import is_name
from ringwall.policy.schema.types import STRING, EntityType, Field, RecordType, Type
from ringwall.policy.validation.typed import ALWAYS, EITHER, NEVER, UNKNOWN, Capabilities, Typed

if TYPE_CHECKING:
    from ringwall.policy.validation.checker import Checker


def type_of_attribute(checker: Checker, expression: Attribute, known: Capabilities) -> Typed:
    """Declared, and either required or known to be there."""
    owner = checker.type_of(expression.of, known).type
    fields = _fields(checker, owner, expression.of)
    if fields is None:
        return UNKNOWN
    found = fields.get(expression.name)
    if found is None:
        hint = nearest(expression.name, fields, otherwise=f"it has {', '.join(fields)}" if fields else "it has none")
        checker.report(f"`{owner}` has no attribute `{expression.name}`", expression.span, hint)
        return UNKNOWN
    if not found.required and (expression.of, expression.name) not in known:
        name = expression.name if is_name(expression.name) else quoted(expression.name)
        hint = f"write {_operand(expression.of)} has {name} && …"
        checker.report(f"`{expression.name}` may be absent from {_shown(owner, expression.of)}", expression.span, hint)
    return Typed(found.type)


def type_of_has(checker: Checker, expression: Has, known: Capabilities) -> Typed:
    """False for what is not declared. An entity may not exist, so even a required attribute of one may be absent."""
    owner = checker.type_of(expression.of, known).type
    fields = _fields(checker, owner, expression.of)
    if fields is None:
        return EITHER
    found = fields.get(expression.name)
    if found is None:
        return NEVER
    capability = (expression.of, expression.name)
    if capability in known or (found.required and isinstance(owner, RecordType)):
        return ALWAYS
    return Typed(EITHER.type, frozenset({capability}))


def type_of_has_tag(checker: Checker, expression: HasTag, known: Capabilities) -> Typed:
    """False for an entity whose type has no tags."""
    if (of := _tagged(checker, expression, known)) is None:
        return EITHER
    if _tags(checker, of) is None:
        return NEVER
    capability = (expression.of, expression.tag)
    return ALWAYS if capability in known else Typed(EITHER.type, frozenset({capability}))


def type_of_get_tag(checker: Checker, expression: GetTag, known: Capabilities) -> Typed:
    """Only of a tag that is known to be there, by the same expression."""
    if (of := _tagged(checker, expression, known)) is None:
        return UNKNOWN
    tags = _tags(checker, of)
    if tags is None:
        hint = f"declare them in the schema: entity {of.name} tags Type;"
        checker.report(f"`{of}` has no tags", expression.span, hint)
        return UNKNOWN
    if (expression.of, expression.tag) not in known:
        hint = f"write {_operand(expression.of)}.hasTag({expression_text(expression.tag)}) && …"
        checker.report(f"the tag may be absent from `{of}`", expression.span, hint)
    return Typed(tags)


def _fields(checker: Checker, owner: Type | None, expression: Expression) -> Mapping[str, Field] | None:
    match owner:
        case RecordType():
            return owner.fields
        case EntityType():
            declared = checker.schema.entity_types.get(owner.name)
            return declared.shape.fields if declared is not None else {}  # an action has no attributes
        case None:
            return None
    checker.report(f"only an entity or a record has attributes, and this is `{owner}`", expression.span, "")
    return None


def _tagged(checker: Checker, expression: HasTag | GetTag, known: Capabilities) -> EntityType | None:
    of = checker.type_of(expression.of, known).type
    checker.expect(expression.tag, STRING, known)
    if of is None or isinstance(of, EntityType):
        return of
    checker.report(f"only an entity has tags, and this is `{of}`", expression.of.span, "")
    return None


def _tags(checker: Checker, of: EntityType) -> Type | None:
    declared = checker.schema.entity_types.get(of.name)
    return None if declared is None else declared.tags


def _shown(owner: Type | None, expression: Expression) -> str:
    return f"`{owner}`" if isinstance(owner, EntityType) else f"`{expression_text(expression)}`"


def _operand(expression: Expression) -> str:
    """The text of an expression where an operator follows it."""
    text = expression_text(expression)
    return text if isinstance(expression, Attribute) or " " not in text else f"({text})"
