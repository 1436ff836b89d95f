"""Entities: what is above each, and what no set of them may be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.values.record import Record


def uid(name: object) -> EntityUid:
    return EntityUid("T", str(name))


@given(st.integers(1, 8).flatmap(lambda n: st.sets(st.tuples(st.integers(0, n), st.integers(0, n)), max_size=20)))
def test_ancestors_are_all_that_a_walk_upwards_meets(edges: set[tuple[int, int]]) -> None:
    upwards = {edge for edge in edges if edge[0] < edge[1]}
    entities = Entities(
        Entity(uid(n), parents=[uid(above) for below, above in upwards if below == n]) for n in range(9)
    )
    above = set(upwards)
    while more := {(a, d) for a, b in above for c, d in above if b == c} - above:
        above |= more
    for n in (*range(9), *range(9)):
        assert entities.ancestors(uid(n)) == {uid(b) for a, b in above if a == n}


def test_a_parent_need_not_be_there_and_ends_the_walk() -> None:
    entities = Entities([Entity(uid("a"), parents=[uid("b")]), Entity(uid("c"), parents=[uid("a")])])
    assert entities.ancestors(uid("c")) == {uid("a"), uid("b")}
    assert entities.ancestors(uid("b")) == frozenset()


def test_one_that_is_not_there_is_empty_and_leaves_no_trace() -> None:
    entities = Entities()
    for n in range(100):
        assert entities.ancestors(uid(n)) == frozenset()
        assert entities.find(uid(n)) == Entity(uid(n))
    assert len(entities) == 0
    assert not entities._above


def test_one_entity_twice_is_refused_even_when_both_are_the_same() -> None:
    with pytest.raises(Misconfigured, match='^the entity T::"a" stands twice$'):
        Entities([Entity(uid("a")), Entity(uid("a"))])


def test_what_is_above_itself_is_refused() -> None:
    with pytest.raises(Misconfigured, match='^the entity T::"a" is above itself: T::"a" in T::"a"$'):
        Entities([Entity(uid("a"), parents=[uid("a")])])
    for size, whole in ((3, True), (4, False)):
        ring = [Entity(uid(n), parents=[uid((n + 1) % size)]) for n in range(size)]
        with pytest.raises(Misconfigured) as refused:
            Entities([*ring, Entity(uid("b"), parents=[uid(0)])])
        said, _, way = refused.value.message.partition(": ")
        names = re.findall(r'"(.)"', way)
        assert said == f'the entity T::"{names[-1]}" is above itself'
        assert [(int(below) + 1) % size for below in names[:-1]] == [int(above) for above in names[1:]]
        assert (names[0] == names[-1]) is whole
        assert way.endswith("…") is not whole
        assert len(names) == 4


def test_a_long_ring_is_one_short_error() -> None:
    with pytest.raises(Misconfigured, match="…$") as refused:
        Entities(Entity(uid(n), parents=[uid((n + 1) % 10_000)]) for n in range(10_000))
    assert len(refused.value.message) < 200


def test_a_long_chain_is_climbed_without_recursion() -> None:
    chain = Entities(Entity(uid(n), parents=[uid(n + 1)]) for n in range(10_000))
    assert len(chain.ancestors(uid(0))) == 10_000


def test_what_is_remembered_of_deep_hierarchies_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringwall.policy.entities.entities._REMEMBERED", 100)
    chain = Entities(Entity(uid(n), parents=[uid(n + 1)]) for n in range(60))
    for n in (*range(60), *range(60)):
        assert chain.ancestors(uid(n)) == {uid(above) for above in range(n + 1, 61)}
        assert sum(map(len, chain._above.values())) <= 100
    assert chain.ancestors(uid(59)) is chain.ancestors(uid(59))


def test_what_is_remembered_stays_until_there_is_too_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringwall.policy.entities.entities._REMEMBERED", 5)
    chain = Entities(Entity(uid(n), parents=[uid(n + 1)]) for n in range(4))
    four, one = chain.ancestors(uid(0)), chain.ancestors(uid(3))
    assert chain.ancestors(uid(0)) is four
    assert chain.ancestors(uid(3)) is one
    three, two = chain.ancestors(uid(1)), chain.ancestors(uid(2))
    assert chain.ancestors(uid(1)) is three
    assert chain.ancestors(uid(2)) is two
    assert chain.ancestors(uid(0)) is not four


def test_entities_compare_by_all_that_they_are() -> None:
    base = Entity(uid("a"), {"x": 1}, [uid("b")], {"t": "v"})
    assert base == Entity(uid("a"), Record({"x": 1}), {uid("b")}, Record({"t": "v"}))
    assert hash(base) == hash(Entity(uid("a")))
    others = [
        Entity(uid("b"), {"x": 1}, [uid("b")], {"t": "v"}),
        Entity(uid("a"), {"x": True}, [uid("b")], {"t": "v"}),
        Entity(uid("a"), {"x": 1}, [], {"t": "v"}),
        Entity(uid("a"), {"x": 1}, [uid("b")]),
    ]
    assert all(base != other for other in others)
    assert repr(base) == "Entity(T::\"a\", {'x': 1}, ['T::\"b\"'], {'t': 'v'})"
