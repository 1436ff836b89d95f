"""The associated data never reads the same for two places or two rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringwall.sealing.place import Place, fields, row_data

names = st.text(max_size=6)
places = st.builds(Place, names, names, names, names, names, st.lists(names, max_size=3).map(tuple))
keys = st.lists(
    st.one_of(st.integers(), st.text(max_size=4), st.binary(max_size=4), st.uuids(), st.dates()), max_size=3
)
row_keys = st.binary(min_size=16, max_size=16)


@given(st.lists(st.binary(max_size=8)), st.lists(st.binary(max_size=8)))
def test_fields_are_injective(one: list[bytes], other: list[bytes]) -> None:
    assert (fields(one) == fields(other)) == (one == other)


@given(places, places, st.binary(min_size=16, max_size=16))
def test_no_two_places_share_associated_data(one: Place, other: Place, key_id: bytes) -> None:
    assert (one.for_key(1, key_id) == other.for_key(1, key_id)) == (one == other)


@given(row_keys, keys, row_keys, keys)
def test_no_two_rows_share_associated_data(one: bytes, id_one: list, other: bytes, id_other: list) -> None:
    same = one == other and [(type(v), v) for v in id_one] == [(type(v), v) for v in id_other]
    assert (row_data(one, tuple(id_one)) == row_data(other, tuple(id_other))) == same


@given(places, row_keys, keys, places, row_keys, keys)
def test_no_two_cells_share_associated_data(p: Place, r: bytes, k: list, q: Place, s: bytes, m: list) -> None:
    # The column part ends where the row part begins, and says how many key columns there are.
    k, m = k[: len(p.key_columns)], m[: len(q.key_columns)]
    one, other = p.for_key(1, bytes(16)) + row_data(r, tuple(k)), q.for_key(1, bytes(16)) + row_data(s, tuple(m))
    same = (p, r) == (q, s) and [(type(v), v) for v in k] == [(type(v), v) for v in m]
    assert (one == other) == same


@given(st.integers())
def test_the_short_way_for_integers_gives_the_same_bytes(number: int) -> None:
    assert row_data(bytes(16), (number,))[16:] == row_data(bytes(16), (number, 0))[16:-13]
