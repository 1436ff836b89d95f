"""Lists under Cedar policies on Django: the WHERE keeps the rows on which the engine says yes, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections, models
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.on import notes as worlds
from tests.on.django import notes

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.django.visible import visible
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import NO_CONTEXT, Context
from ringwall.policy.rules.grant import service_policies

ANN = Caller("ann", attributes={"groups": ["a"], "ip": "10.0.0.1", "time": 3})


@pytest.fixture(scope="module")
def database(alias: str) -> Iterator[str]:
    notes.fill(alias)
    yield alias
    notes.empty(alias)


@pytest.fixture(scope="module")
def rows(database: str) -> list[notes.Note]:
    return list(notes.Note.objects.using(database))


@pytest.fixture(scope="module")
def visits(database: str) -> list[notes.Visit]:
    return list(notes.Visit.objects.using(database))


def check(rng: random.Random, atoms: Callable[[random.Random], str], rows: list[Any]) -> None:
    """Random policies, once, about all the rows there are."""
    policies = worlds.policies(rng, atoms, type(rows[0]).__name__)
    authorizer = Authorizer([*policies, *service_policies({"shop": ["order:*"]})])
    caller, context = worlds.caller(rng), worlds.context(rng)
    decided = [row.pk for row in rows if authorizer.decide(caller, "order:read", row, context=context)]
    everything = type(rows[0]).objects.using(rows[0]._state.db)
    found = visible(everything, authorizer, caller, "order:read", context)
    assert sorted(found.values_list("pk", flat=True)) == sorted(decided), [policy.span.text for policy in policies]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_database_keeps_what_the_engine_permits(rows: list[notes.Note], seed: int) -> None:
    check(random.Random(seed), notes.about_notes, rows)


@pytest.mark.parametrize("alias", ["postgresql"], indirect=True, scope="module")
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_times_and_decimals_on_postgresql(visits: list[notes.Visit], seed: int) -> None:
    check(random.Random(seed), notes.about_visits, visits)


def _authorizer(condition: str, effect: str = "permit") -> Authorizer:
    everything = "permit (principal, action, resource);" if effect == "forbid" else ""
    text = f"{everything} {effect} (principal, action, resource) when {{ {condition} }};"
    return Authorizer(parse_policies(text, file="p.cedar"), ["order:read"])


def _seen(database: str, condition: str, context: Context = NO_CONTEXT, **others: Any) -> set[int]:
    found = visible(notes.Note.objects.using(database), _authorizer(condition, **others), ANN, "order:read", context)
    return set(found.values_list("pk", flat=True))


def test_the_context_is_the_request_s_and_no_claim_of_that_name(database: str, rows: list[notes.Note]) -> None:
    everything = {row.pk for row in rows}
    assert ANN.attributes["ip"] == "10.0.0.1"
    near = 'context.ip.isInRange(ip("10.0.0.0/8"))'
    assert _seen(database, near, Context(ip="10.1.2.3")) == everything
    assert _seen(database, near, Context(ip="192.0.2.1")) == set()
    assert _seen(database, near) == set()
    assert _seen(database, 'context has ip && context.ip == "10.0.0.1"') == set()
    assert _seen(database, "context.time == 3") == set()
    assert _seen(database, 'context.time < datetime("2026-11-24")', Context(time=0.0)) == everything
    assert _seen(database, "context has time", effect="forbid") == everything
    assert _seen(database, 'context.time < datetime("2026-11-24")', effect="forbid") == set()


@pytest.fixture
def hostile_texts(database: str) -> Iterator[list[notes.Note]]:
    texts = (
        "[a]",
        "a",
        "a?",
        "ab",
        "a*b",
        "axb",
        "%",
        "x",
        "a_",
        "\\",
        "\\\\",
        "A",
        "",
        "]",
        "[",
        "^a",
        "\u00e4",
        "a\n",
    )
    made = [notes.Note(id=1000 + n, owner="ann", text=text, size=1) for n, text in enumerate(texts)]
    notes.Note.objects.using(database).bulk_create(made)
    yield made
    notes.Note.objects.using(database).filter(pk__gte=1000).delete()


@pytest.mark.parametrize(
    "pattern",
    ["[a]", "[a]*", "a?", "a\\*b", "a*b", "%", "_", "a_", "\\\\", "*\\\\", "A", "", "*", "]", "[*", "^a", "?", "a*"],
)
@pytest.mark.parametrize("negation", ["", "!"])
def test_characters_of_glob_and_like_are_only_themselves(
    database: str, hostile_texts: list[notes.Note], pattern: str, negation: str
) -> None:
    condition = f'{negation}(resource.text like "{pattern}")'
    authorizer = _authorizer(condition)
    like = {row.pk for row in hostile_texts if authorizer.decide(ANN, "order:read", row)}
    assert (
        _seen(database, f'{condition} && resource.owner == "ann" && resource.size == 1') & set(range(1000, 2000))
        == like
    )


def test_a_row_is_below_all_that_its_references_lead_up_to(database: str, rows: list[notes.Note]) -> None:
    def within(*folders: int) -> set[int]:
        return {row.pk for row in rows if row.folder_id in folders}

    assert all(within(folder) for folder in (1, 2, 3, 5, 6, 7))
    assert _seen(database, 'resource in Folder::"1"') == within(1, 2, 3)
    assert _seen(database, 'resource in Folder::"3"') == within(3)
    assert _seen(database, 'resource in Folder::"01"') == set()
    # Folders 5, 6 and 7 lie above each other in a ring, and 6 in an account.
    assert _seen(database, 'resource in Folder::"7"') == within(5, 6, 7)
    assert _seen(database, 'resource in Account::"other"') == within(5, 6, 7)
    assert _seen(database, 'resource.folder in [Folder::"2", Account::"other"]') == within(2, 3, 5, 6, 7)
    assert _seen(database, '!(resource in Folder::"1")') == {row.pk for row in rows} - within(1, 2, 3)


def test_a_sum_beyond_64_bits_is_an_error_on_both_sides(database: str, rows: list[notes.Note]) -> None:
    fits = {row.pk for row in rows if -(2**63) <= row.size * 3 < 2**63}
    assert 0 < len(fits) < len(rows)
    assert _seen(database, "resource.size * 3 == 3 * resource.size") == fits
    assert _seen(database, "resource.size * 3 != 3 * resource.size") == set()
    assert _seen(database, "resource.size * 3 != 3 * resource.size", effect="forbid") == fits


def test_a_sum_of_sums_is_asked_up_to_a_bound(database: str, rows: list[notes.Note]) -> None:
    summed = " + ".join(["resource.level"] * 5)
    assert _seen(database, f"{summed} < 0") == {
        row.pk for row in rows if row.level is not None and -(2**63) <= row.level * 5 < 0
    }
    with pytest.raises(Misconfigured, match="computes in more than 4 steps"):
        _seen(database, f"{summed} + 1 < 0")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("resource.meta == resource.text", "`resource.meta` is a column of JSONField"),
        ("resource.meta.a == 1", "`resource.meta` is a column of JSONField"),
        ("resource has meta", "`Note.meta` is a column of JSONField, which may be None otherwise"),
        ("[resource.owner].contains(principal.id)", "has no counterpart in SQL"),
        ('resource.text like "a\\0*"', "is matched against a NUL"),
        ("resource in resource.folder", "below another row"),
        ('resource.readers in Folder::"1" || ip(resource.owner).isLoopback()', "has no counterpart in SQL"),
        ("resource.objects == 1", "`resource.objects` is no column of Note"),
    ],
)
def test_what_is_not_exact_is_refused_with_its_place(condition: str, said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        visible(notes.Note.objects, _authorizer(condition), ANN, "order:read")
    assert str(caught.value).startswith("p.cedar:1: policy policy0: ")
    assert said in str(caught.value)


def test_what_only_postgresql_answers_is_refused_on_sqlite() -> None:
    for condition, said in (
        ("resource.at == resource.until", "times as text"),
        ("resource.price == resource.price", "floats"),
    ):
        found = visible(notes.Visit.objects, _authorizer(condition), ANN, "order:read")
        with pytest.raises(Misconfigured, match=said):
            str(found.query)


def test_what_nests_too_deep_for_the_parser_of_sqlite_is_refused_there(database: str, rows: list[notes.Note]) -> None:
    def nested(levels: int) -> str:
        return "resource.id > 0" if levels == 0 else f"(resource.id < 99 && (resource.id > 98 || {nested(levels - 1)}))"

    everything = {row.pk for row in rows}
    assert _seen(database, nested(3)) == everything
    if connections[database].vendor == "postgresql":
        assert _seen(database, nested(40)) == everything
    else:
        with pytest.raises(Misconfigured, match="the WHERE of policy policy0 nests too deep for SQLite: parser stack"):
            _seen(database, nested(40))


def test_an_attribute_that_no_row_has_is_absent_but_not_one_of_the_queryset(database: str) -> None:
    notes_ = notes.Note.objects.using(database)
    authorizer = _authorizer("!(resource has total)")
    assert visible(notes_, authorizer, ANN, "order:read").count() == notes_.count()
    prefetched = models.Prefetch("folder__note_set", to_attr="total")
    for adding in (
        notes_.annotate(total=models.F("size")),
        notes_.extra(select={"total": "size"}),
        notes_.prefetch_related(prefetched),
    ):
        with pytest.raises(Misconfigured, match=r"`Note\.total` is no column of Note"):
            visible(adding, authorizer, ANN, "order:read")


def test_an_annotation_cannot_stand_for_a_column() -> None:
    by_values = notes.Note.objects.values("id").annotate(owner=models.Value("ann"))
    for lies in (by_values, notes.Note.objects.extra(select={"owner": "'ann'"})):
        with pytest.raises(Misconfigured, match="annotates owner, which Note has as a column"):
            visible(lies, _authorizer("resource.owner == principal.id"), ANN, "order:read")


def test_who_has_no_constraint_is_not_climbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes.Note, "__cedar_parents__", ("readers",))
    with pytest.raises(Misconfigured, match=r"climbs Note\.readers, which may lead to a row that is gone"):
        visible(notes.Note.objects, _authorizer('resource in Role::"a"'), ANN, "order:read")
    monkeypatch.setattr(notes.Note, "__cedar_parents__", ("owner",))
    with pytest.raises(Misconfigured, match=r"climbs Note\.owner, which is no reference to one row"):
        visible(notes.Note.objects, _authorizer('resource in Role::"a"'), ANN, "order:read")


def test_tags_are_refused_where_there_are_any(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    tagged = 'resource.hasTag("team") || resource.getTag("team") == 1 || true'
    assert _seen(database, 'resource.hasTag("team")') == set()
    assert _seen(database, 'resource.getTag("team") == 1 || true') == set()
    monkeypatch.setattr(notes.Note, "__cedar_tags__", "meta", raising=False)
    with pytest.raises(Misconfigured, match="has its tags in meta"):
        visible(notes.Note.objects, _authorizer(tagged), ANN, "order:read")
