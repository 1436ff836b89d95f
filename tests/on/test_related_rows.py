"""What is asked of one related row is asked in one EXISTS, and says what its parts say, be the row there or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.on.sqlalchemy.rows.predicate import FALSE, TRUE, Predicate, absent_or, all_of, any_of, inside

META = sa.MetaData()
OTHERS = sa.Table("others", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
ROWS = sa.Table("rows", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("other", sa.Integer))
VALUES = (None, 0, 1, 2)  # of the row behind, which the fifth row does not have, and the sixth refers to in vain

Tree = tuple[str, object, object]


def there(found: Predicate) -> Predicate:
    return sa.exists().where(OTHERS.c.id == ROWS.c.other, found)


def built(tree: Tree) -> Predicate:
    name, left, right = tree
    if name in ("inside", "absent or"):
        inner = {"true": TRUE, "false": FALSE}.get(str(left), OTHERS.c.n == left)
        return (inside if name == "inside" else absent_or)("place", inner, there)
    if name == "id":
        return ROWS.c.id < left
    return (all_of if name == "all" else any_of)(built(left), built(right))  # type: ignore[arg-type]


def holds(tree: Tree, id_: int, n: int | None, exists: bool) -> bool:
    name, left, right = tree
    if name in ("inside", "absent or"):
        inner = left == "true" or (left != "false" and n == left)
        return exists and inner if name == "inside" else not exists or inner
    if name == "id":
        return id_ < int(str(left))
    ask: Callable[[object], bool] = partial(holds, id_=id_, n=n, exists=exists)  # type: ignore[assignment]
    return ask(left) and ask(right) if name == "all" else ask(left) or ask(right)


LEAVES = st.one_of(
    st.tuples(st.sampled_from(["inside", "absent or"]), st.sampled_from([0, 1, 2, "true", "false"]), st.none()),
    st.tuples(st.just("id"), st.integers(0, 7), st.none()),
)
TREES = st.recursive(LEAVES, lambda inner: st.tuples(st.sampled_from(["all", "any"]), inner, inner), max_leaves=8)


@pytest.fixture(scope="module")
def database() -> Iterator[sa.Connection]:
    with sa.create_engine("sqlite://").connect() as connection:
        META.create_all(connection)
        connection.execute(sa.insert(OTHERS), [{"id": id_, "n": n} for id_, n in enumerate(VALUES, 1)])
        connection.execute(sa.insert(ROWS), [{"id": id_, "other": id_ if id_ != 5 else None} for id_ in range(1, 7)])
        yield connection


@settings(deadline=None)
@given(TREES)
def test_whatever_is_joined_says_what_its_parts_say(database: sa.Connection, tree: Tree) -> None:
    kept = set(database.scalars(sa.select(ROWS.c.id).where(built(tree))))
    assert kept == {
        id_ for id_ in range(1, 7) if holds(tree, id_, VALUES[id_ - 1] if id_ <= len(VALUES) else None, id_ <= 4)
    }


@pytest.mark.parametrize(
    ("tree", "count"),
    [
        (("all", ("absent or", 1, None), ("inside", 2, None)), 1),
        (("all", ("inside", 1, None), ("inside", 2, None)), 1),
        (("any", ("absent or", "false", None), ("inside", "true", None)), 0),
        (("any", ("absent or", 1, None), ("absent or", 2, None)), 2),
    ],
)
def test_one_row_is_looked_up_once(tree: Tree, count: int) -> None:
    assert str(built(tree)).count("EXISTS") == count
