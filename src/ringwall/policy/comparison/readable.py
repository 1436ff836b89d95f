"""A counterexample with plain words where the solver had to invent texts such as ``"!0!"``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.evaluation.request import Request
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

Asked = tuple[Request, Entities]


def readable(asked: Asked, known: frozenset[str], still: Callable[[Asked], bool]) -> Asked:
    """The same request with each invented text replaced by a word, equal ones by the same, where it is ``still`` one.

    ``known`` are the texts that policies name, which stay.
    """
    words: dict[str, str] = {}

    def word(text: str) -> str:
        if text in known:
            return text
        return words.setdefault(text, "other" if not words else f"other {len(words) + 1}")

    request, entities = asked
    reworded = (
        request._replace(context=_reworded_record(request.context, word)),
        Entities(_reworded_entity(entity, word) for entity in entities.values()),
    )
    return reworded if words and still(reworded) else asked


def _reworded_entity(entity: Entity, word: Callable[[str], str]) -> Entity:
    tags = {word(name): _reworded(value, word) for name, value in entity.tags.items()}
    return Entity(entity.uid, _reworded_record(entity.attributes, word), entity.parents, tags)


def _reworded_record(record: Mapping[str, Value], word: Callable[[str], str]) -> Record:
    return Record({name: _reworded(value, word) for name, value in record.items()})


def _reworded(value: Value, word: Callable[[str], str]) -> Value:
    match value:
        case str():
            return word(value)
        case Record():
            return _reworded_record(value, word)
        case CedarSet():
            return CedarSet(_reworded(item, word) for item in value)
    return value
