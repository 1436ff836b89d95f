"""The schema grammar: what each declaration means, and everything that can be wrong with a text, all at once."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType, ExtensionType, Field, RecordType, SetType

REFUSED = Path(__file__).with_name("refused.txt").read_text(encoding="utf-8").strip().split("\n\n")
"""Each: a text; what is wrong with it, with its columns from and to; and the hints."""

SHOP = """
@doc("people and what they buy")
type Address = { city: String, "post code"?: String };
entity Team, Role;
entity User in [Team, Role] = {
  @doc("where to send it") home: Address,
  friends?: Set<User>,
  since: datetime,
} tags Set<String>;
entity State enum ["open", "paid"];
action all;
action "read it", write in [all, Shop::Action::"any"] appliesTo {
  principal: User,
  resource: [Shop::Order, User],
  context: { ip?: ipaddr, mfa: __cedar::Bool },
};
namespace Shop {
  type Seen = { at: datetime };
  entity Order { total: Long, owner: User, state: State };
  action any;
  action pay in any appliesTo { principal: [User], resource: Order, context: Seen };
}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        parse_schema(text)
    return [str(problem) for problem in caught.value.problems]


def test_an_entity_has_its_shape_parents_and_tags() -> None:
    user = parse_schema(SHOP).entity_types["User"]
    home = RecordType({"city": Field(STRING), "post code": Field(STRING, required=False)})
    assert user.shape == RecordType(
        {
            "home": Field(home),
            "friends": Field(SetType(EntityType("User")), required=False),
            "since": Field(ExtensionType("datetime")),
        }
    )
    assert user.parents == user.ancestors == {"Team", "Role"}
    assert user.tags == SetType(STRING)
    assert user.enum is None


def test_several_names_are_several_entities() -> None:
    schema = parse_schema(SHOP)
    assert schema.entity_types["Team"].shape == schema.entity_types["Role"].shape == RecordType()
    assert schema.entity_types["State"].enum == ("open", "paid")


def test_a_name_in_a_namespace_means_the_nearest() -> None:
    order = parse_schema(SHOP).entity_types["Shop::Order"]
    assert order.shape.fields["owner"] == Field(EntityType("User"))
    assert order.shape.fields["total"] == Field(LONG)


def test_an_action_has_its_groups_and_what_it_applies_to() -> None:
    actions = parse_schema(SHOP).actions
    read = actions[EntityUid("Action", "read it")]
    assert read.parents == (EntityUid("Action", "all"), EntityUid("Shop::Action", "any"))
    assert (read.principals, read.resources) == (("User",), ("Shop::Order", "User"))
    assert read.context.fields == {"ip": Field(ExtensionType("ipaddr"), required=False), "mfa": Field(BOOL)}
    pay = actions[EntityUid("Shop::Action", "pay")]
    assert pay.ancestors == {EntityUid("Shop::Action", "any")}
    assert pay.context.fields == {"at": Field(ExtensionType("datetime"))}
    assert actions[EntityUid("Action", "all")].principals == ()


def test_a_name_with_its_namespace_is_a_full_one() -> None:
    text = "namespace N { entity B in M::X { x: M::X }; } namespace M { entity X; } namespace N::M { entity X; }"
    declared = parse_schema(text).entity_types["N::B"]
    assert (set(declared.parents), str(declared.shape)) == ({"M::X"}, "{x: M::X}")


def test_what_is_above_the_parents_is_above_too() -> None:
    types = parse_schema("entity A in B; entity B in C; entity C; entity X in Y; entity Y in X;").entity_types
    above = {name: "".join(sorted(declared.ancestors)) for name, declared in types.items()}
    assert above == {"A": "BC", "B": "C", "C": "", "X": "XY", "Y": "XY"}


def test_an_attribute_may_hold_an_action() -> None:
    types = parse_schema("entity A { done: Action }; action a;").entity_types
    assert types["A"].shape.fields == {"done": Field(EntityType("Action"))}


def test_a_context_that_is_not_written_is_empty() -> None:
    action = parse_schema("entity A; action a appliesTo { principal: A, resource: A };").actions[
        EntityUid("Action", "a")
    ]
    assert action.context == RecordType()


def test_a_declared_name_hides_the_builtin_one() -> None:
    schema = parse_schema("entity Long; entity A { it: Long, number: __cedar::Long };")
    assert schema.entity_types["A"].shape.fields == {"it": Field(EntityType("Long")), "number": Field(LONG)}


def test_every_problem_is_reported_with_its_place() -> None:
    text = """entity A { x Long, y: Foo };
entity B in { y: };
namespace N {
  entity Q = { a: String; }
  action a, a appliesTo { principal: A };
}
entti C;
action"""
    assert problems_of(text) == [
        "1:14: expected `:`, found `Long`",
        "2:13: expected an entity type, found `{`",
        "4:25: expected `,`, found `;`",
        "5:13: `a` is declared twice",
        "5:15: the action `a` applies to no resource",
        "7:1: expected `entity`, `action`, `type` or `namespace`, found `entti`",
        "8:7: expected the name of an action, found the end",
    ]


def test_what_is_not_declared_is_reported_with_the_nearest_word() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_schema("entity User in [Gruop] { x: Strng, b: Boolean };\nentity Group;", file="shop.cedarschema")
    assert [(str(p), p.hint) for p in caught.value.problems] == [
        ("shop.cedarschema:1:17: no type `Gruop` is declared", "did you mean Group"),
        ("shop.cedarschema:1:29: no type `Strng` is declared", "did you mean String"),
        ("shop.cedarschema:1:39: no type `Boolean` is declared", "write Bool"),
    ]


@pytest.mark.parametrize("told", REFUSED, ids=[told.partition("\n")[0] for told in REFUSED])
def test_what_cedar_refuses_is_refused_with_its_place_and_how_to_write_it(told: str) -> None:
    text = told.partition("\n")[0]
    with pytest.raises(Unreadable) as caught:
        parse_schema(text)
    lines = [text]
    for problem in caught.value.problems:
        lines.append(f"  {problem.span.start + 1}–{problem.span.end + 1} {problem.message}")
        lines += [f"    {problem.hint}"] if problem.hint else []
    assert lines == told.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "namespace N {\n  entity A { a: { x Long }, b: { c: Long } };\n  entity B;\n}\nentity C;",
        "namespace N {\n  entity A { x Long, a: { b: { c: Long }, d: Bool } };\n  entity B;\n}\nentity C;",
        "namespace N {\n  entity A { a: { b: { x Long } } }\n  entity B { type: Long };\n}\nentity C;",
    ],
)
def test_one_problem_does_not_bring_others_along(text: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith("2:")
    assert problem.endswith(": expected `:`, found `Long`")


def test_the_parts_of_a_scope_come_in_any_order() -> None:
    text = "action a appliesTo {{ {} }}; entity A; entity B;"
    parts = ["context: { x: Long }", "principal: A", "resource: [A, B]"]
    schemas = [parse_schema(text.format(", ".join(each))) for each in permutations(parts)]
    assert all(schema == schemas[0] for schema in schemas)


def test_a_type_that_is_nested_too_deep_is_one_error() -> None:
    def sets(depth: int) -> str:
        return f"entity A {{ x: {'Set<' * depth}Long{'>' * depth} }};"

    def records(depth: int) -> str:
        return f"entity A {'{ x: ' * depth}Long{' }' * depth};"

    for written, deepest in ((sets, 99), (records, 100)):
        parse_schema(written(deepest))
        for depth in (deepest + 1, 10_000):
            (problem,) = problems_of(written(depth))
            assert problem.endswith(": types are nested more than 100 deep")


def test_a_set_is_one_by_its_brackets() -> None:
    assert parse_schema("entity Set; entity A { x: Set };").entity_types["A"].shape.fields["x"].type == EntityType(
        "Set"
    )


def test_a_long_chain_of_common_types_is_no_deep_recursion() -> None:
    chain = "".join(f"type T{i} = Set<T{i + 1}>;" for i in range(99)) + "type T99 = Long;"
    assert parse_schema(chain + "entity A { x: T0 };").entity_types["A"].shape.fields["x"].required
    same = "".join(f"type T{i} = T{i + 1};" for i in range(10_000)) + "type T10000 = Long;"
    assert parse_schema(same + "entity A { x: T0 };").entity_types["A"].shape.fields == {"x": Field(LONG)}


@pytest.mark.parametrize("inner", ["Long", "{}"])
def test_a_common_type_is_at_most_100_deep(inner: str) -> None:
    def chain(length: int) -> str:
        return "".join(f"type T{i} = Set<T{i + 1}>;" for i in range(length)) + f"type T{length} = {inner};"

    assert parse_schema(chain(99)) == parse_schema("")
    assert [problem.partition(": ")[2] for problem in problems_of(chain(100))] == [
        "the common type `T0` is nested more than 100 deep"
    ]


def test_a_common_type_has_at_most_10_000_parts() -> None:
    def record(size: int) -> str:
        return "type T = { " + ", ".join(f"a{i}: Long" for i in range(size)) + " };"

    assert parse_schema(record(9_999)) == parse_schema("")
    assert [problem.partition(": ")[2] for problem in problems_of(record(10_000))] == [
        "the common type `T` has more than 10000 parts"
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("Set<T{}>", "the common type `T9900` is nested more than 100 deep"),
        ("{{ a: T{0}, b: T{0} }}", "has more than 10000 parts"),
    ],
)
def test_common_types_cannot_make_one_that_is_too_large(part: str, message: str) -> None:
    chain = "".join(f"type T{i} = {part.format(i + 1)};" for i in range(10_000)) + "type T10000 = Long;"
    assert message in problems_of(chain + "entity A { x: T0 };")[0]


def test_a_large_record_is_shown_by_its_first_attributes() -> None:
    text = "entity A { " + "".join(f"a{i}?: Long, " for i in range(100)) + "};"
    shape = str(parse_schema(text).entity_types["A"].shape)
    assert shape == "{a0?: Long, a1?: Long, a2?: Long, a3?: Long, a4?: Long, a5?: Long, …}"


def test_no_more_problems_are_listed_than_anyone_reads() -> None:
    assert len(problems_of("entti A; " * 5_000)) <= 100
    assert len(problems_of("".join(f"entity A{i} in B{i};" for i in range(5_000)))) <= 100


def test_a_problem_shows_its_line() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_schema("entity A;\nentity B { x: Set<Long };")
    assert caught.value.render() == (
        "error: 2:24: expected `>`, found `}`\n"
        "2 | entity B { x: Set<Long };\n"
        "  |                        ^\n"
        "  | hint: a set is written Set<Type>"
    )
