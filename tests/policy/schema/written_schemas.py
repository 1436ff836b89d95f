"""Random schemas as they might be written: namespaces, common types, hierarchies, actions and their groups."""

from __future__ import annotations

from hypothesis import strategies as st

from ringwall.policy.schema.types import BOOL, EXTENSIONS, LONG, STRING, ExtensionType
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenAction,
    WrittenCommonType,
    WrittenEntity,
    WrittenField,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
    WrittenSet,
    WrittenType,
)

ENTITIES = ("User", "Team", "Order", "Long")
COMMON = ("Address", "Seen", "decimal")
ACTIONS = ("read", "write it", "if", "")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=4)
ANNOTATIONS = st.dictionaries(st.sampled_from(["doc", "if", "x_1"]), TEXTS, max_size=2)

_LEAVES = st.one_of(
    st.sampled_from(
        [Name(n) for n in ("String", "Bool", "__cedar::Long", "datetime", "A::User", "Team", "A::Address")]
    ),
    st.sampled_from([Builtin(known) for known in (BOOL, LONG, STRING, *map(ExtensionType, EXTENSIONS))]),
)


def _types(leaves: st.SearchStrategy[WrittenType]) -> st.SearchStrategy[WrittenType]:
    return st.recursive(leaves, lambda inner: st.one_of(inner.map(WrittenSet), _records(inner)), max_leaves=6)


def _records(inner: st.SearchStrategy[WrittenType]) -> st.SearchStrategy[WrittenRecord]:
    names = st.one_of(st.sampled_from(["id", "in", "Set", "type", "a b", ""]), TEXTS)
    fields = st.builds(WrittenField, inner, st.booleans(), ANNOTATIONS)
    return st.builds(WrittenRecord, st.dictionaries(names, fields, max_size=3))


def _entities(name: str) -> st.SearchStrategy[WrittenEntity]:
    parents = st.lists(st.sampled_from([Name(f"{name}::Team", "entity"), Name("A::User", "entity")]), max_size=2)
    plain = st.builds(
        WrittenEntity,
        parents.map(tuple),
        _records(_types(_LEAVES)),
        st.none() | _types(_LEAVES),
        annotations=ANNOTATIONS,
    )
    enums = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
    return plain | st.builds(WrittenEntity, enum=enums, annotations=ANNOTATIONS)


@st.composite
def _namespaces(draw: st.DrawFn, name: str) -> Namespace:
    entity = _entities(name)
    entities = {each: draw(entity) for each in ("User", "Team", *draw(st.sets(st.sampled_from(ENTITIES))))}
    common = {
        each: draw(st.builds(WrittenCommonType, _types(_LEAVES), ANNOTATIONS))
        for each in draw(st.sets(st.sampled_from(COMMON)))
    }
    common["Address"] = WrittenCommonType(draw(_records(st.sampled_from([Name("String"), Name("Team")]))))
    # A common type may only be made of those that cannot be made of it: of none, then.
    common = {each: _without_common(found) for each, found in common.items()}
    names = st.lists(st.sampled_from([Name("User", "entity"), Name("A::Team", "entity")]), min_size=1, max_size=2)
    contexts = _records(_types(_LEAVES)) | st.just(Name("Address", "common"))
    scopes = st.just(WrittenScope()) | st.builds(WrittenScope, names.map(tuple), names.map(tuple), contexts)
    actions: dict[str, WrittenAction] = {}
    for each in draw(st.permutations(ACTIONS)):
        groups = draw(st.lists(st.sampled_from(sorted(actions)), max_size=2)) if actions else []
        written = tuple(WrittenGroup(group, draw(st.sampled_from([None, "Action"]))) for group in groups)
        actions[each] = WrittenAction(written, draw(scopes), draw(ANNOTATIONS))
    return Namespace(name, common, entities, actions, draw(ANNOTATIONS))


def _without_common(common: WrittenCommonType) -> WrittenCommonType:
    def replaced(written: WrittenType) -> WrittenType:
        match written:
            case Name(name="A::Address"):
                return Name("String")
            case WrittenSet():
                return WrittenSet(replaced(written.element))
            case WrittenRecord():
                fields = written.fields.items()
                return WrittenRecord({n: WrittenField(replaced(f.type), f.required, f.annotations) for n, f in fields})
        return written

    return WrittenCommonType(replaced(common.type), common.annotations)


def schemas() -> st.SearchStrategy[tuple[Namespace, ...]]:
    """One namespace ``A``, or it and ``B::C``, which refers to it."""
    return st.one_of(_namespaces("A").map(lambda a: (a,)), st.tuples(_namespaces("A"), _namespaces("B::C")))
