from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.tokens.strict_json import parse_object

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), values, max_size=4), st.booleans())
def test_every_unambiguous_object_is_read(value, escaped):
    assert parse_object(json.dumps(value, ensure_ascii=escaped).encode(), "it") == value


@given(st.binary(max_size=60) | st.text('{}[]":,\\ud8019eE+-.', max_size=40).map(str.encode))
def test_reading_is_total(data):
    try:
        assert isinstance(parse_object(data, "it"), dict)
    except Invalid as error:
        assert error.message.startswith("it ")


@pytest.mark.parametrize("text", ['{"secret":1,"secret":2}', '{"secret', '["secret"]', '{"secret":NaN}'])
def test_the_error_does_not_show_the_data(text):
    with pytest.raises(Invalid) as caught:
        parse_object(text.encode(), "it")
    assert "secret" not in caught.value.render()
