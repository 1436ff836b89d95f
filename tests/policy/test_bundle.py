"""All that decides for a service, read as a whole: what is wrong in it is told with its place."""

from __future__ import annotations

import hashlib

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.bundle import Bundle, read_bundle
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.policy_set import PolicySet

SCHEMA = 'entity User { age: Long }; entity Doc; action "read" appliesTo { principal: [User], resource: [Doc] };'
ALL = "permit (principal, action, resource);"
ANN = '[{"uid": {"type": "User", "id": "ann"}, "attrs": {"age": 30}, "parents": []}]'


def test_each_kind_of_file_is_read_in_the_order_of_the_names_and_others_are_left_alone() -> None:
    bundle = read_bundle(
        {
            "b.cedar": ALL + '@id("") ' + ALL + '@id("named") ' + ALL,
            "a.cedar": ALL,
            "all.cedarschema": SCHEMA,
            "e.json": ANN,
            "f.json": ANN.replace("ann", "sue"),
            "notes.txt": "permit?",
        }
    )
    assert [policy.id for policy in bundle.policies.policies] == ["a.cedar#1", "b.cedar#1", "b.cedar#2", "named"]
    assert bundle.schema is not None
    assert {EntityUid("User", "ann"), EntityUid("User", "sue")} <= set(bundle.entities)


def test_without_files_there_is_nothing_and_nothing_needs_a_schema() -> None:
    bundle = read_bundle({}, must_have_schema=True)
    assert (bundle.policies, bundle.schema, len(bundle.entities)) == (PolicySet(), None, 0)
    assert Bundle() == Bundle(PolicySet(), None, Bundle().entities, "")
    assert isinstance(Bundle().entities, Entities)


def test_the_version_is_that_of_all_texts_and_names() -> None:
    texts = {"a.cedar": ALL, "ä.txt": "ü"}
    version = read_bundle(texts).version
    assert version == hashlib.sha256(f'[["a.cedar", "{ALL}"], ["ä.txt", "ü"]]'.encode()).hexdigest()
    assert read_bundle(dict(reversed(texts.items()))).version == version
    assert read_bundle({**texts, "a.cedar": ALL + " "}).version != version
    assert read_bundle({"b.cedar": ALL, "ä.txt": "ü"}).version != version


def test_entities_are_checked_against_the_schema_and_only_then() -> None:
    old = ANN.replace("30", '"old"')
    assert read_bundle({"e.json": old}).entities[EntityUid("User", "ann")].attributes["age"] == "old"
    with pytest.raises(Misconfigured):
        read_bundle({"all.cedarschema": SCHEMA, "e.json": old})
    ghost = ANN.replace("User", "Ghost").replace('"age": 30', "")
    with pytest.raises(Misconfigured, match="Ghost"):
        read_bundle({"all.cedarschema": SCHEMA, "e.json": ghost})


@pytest.mark.parametrize(
    ("texts", "message", "hint"),
    [
        ({"a.cedarschema": "", "b.cedarschema": ""}, "there are two schemas, a.cedarschema and b.cedarschema",
         "keep one, with namespaces in it"),
        ({"b.cedar": ALL, "a.cedar": ALL}, "a.cedar: policies in production need a schema",
         "put a *.cedarschema beside them"),
        ({"a.cedarschema": SCHEMA, "a.cedar": '@id("x")' + ALL, "b.cedar": '@id("x")' + ALL},
         "two policies have the id x", "each @id stands once in a set"),
        ({"e.json": "{}"}, "e.json: the entities are not a list", '[{"uid": …, "attrs": …, "parents": …}]'),
        ({"e.json": "["}, "e.json: not valid JSON: expecting value: line 1 column 2 (char 1)", ""),
    ],
)  # fmt: skip
def test_a_bad_file_is_told(texts: dict[str, str], message: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_bundle(texts, must_have_schema=True)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_every_problem_of_every_file_is_told_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        read_bundle({"a.cedar": "permit;", "b.cedar": ALL, "c.cedar": "forbid;"})
    assert [problem in caught.value.render() for problem in ("a.cedar:1", "b.cedar:1", "c.cedar:1")] == [
        True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("policy", [ALL, "permit (principal == ?principal, action, resource);"])
def test_policies_and_templates_must_validate(policy: str) -> None:
    wrong = policy.replace(";", " when { principal.height == 1 };")
    assert read_bundle({"a.cedar": policy, "a.cedarschema": SCHEMA}, must_have_schema=True).version
    with pytest.raises(Misconfigured, match=r"a\.cedar:1.*height"):
        read_bundle({"a.cedar": wrong, "a.cedarschema": SCHEMA})
