"""The engine's answer: who decides, in which order, and what an error does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.policy.outcomes import ANN, ENTITIES, READ, REQUEST, answer, cedar_response

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine, PolicyError, Response
from ringwall.policy.expression import And, Attribute, Equal, Literal, Not, Variable
from ringwall.policy.language.parse import parse_policies, parse_policy_set
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.policy_set import Link, PolicySet
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Slot, Within, WithinAny


def respond(text: str) -> Response:
    """Ours, which must be Cedar's."""
    ours = CedarEngine(parse_policies(text)).respond(REQUEST, ENTITIES)
    theirs = cedar_response(text, REQUEST, ENTITIES)
    errors = [f"`{error.policy_id}`" for error in ours.errors]
    assert answer(ours.allowed, ours.reasons, errors) == theirs
    return ours


def test_nothing_is_permitted_by_default() -> None:
    assert respond("") == Response(False, (), ())
    assert respond("permit(principal, action, resource) when { false };") == Response(False, (), ())


def test_a_forbid_overrides_every_permit_and_is_the_only_reason() -> None:
    text = """
    permit(principal, action, resource);
    forbid(principal, action, resource) when { context.ok };
    permit(principal == User::"ann", action, resource);
    forbid(principal, action, resource) when { !context.ok };
    forbid(principal in Org::"o", action, resource);"""
    assert respond(text) == Response(False, ("policy1", "policy4"), ())


def test_permits_are_the_reasons_in_the_order_of_the_set_whatever_the_index_finds_first() -> None:
    text = """
    permit(principal in Org::"o", action, resource);
    permit(principal, action in Action::"all", resource is Order);
    permit(principal == User::"ann", action, resource);
    permit(principal, action, resource);"""
    assert respond(text) == Response(True, ("policy0", "policy1", "policy2", "policy3"), ())


def test_a_policy_that_errs_is_skipped_and_reported() -> None:
    text = """
    forbid(principal, action, resource) unless { context.mfa };
    permit(principal, action, resource);
    permit(principal, action, resource) when { principal.boss.age > 3 };
    permit(principal, action, resource) when { 1 + 9223372036854775807 > 0 };"""
    assert respond(text) == Response(
        True,
        ("policy1",),
        (
            PolicyError("policy0", "there is no attribute mfa"),
            PolicyError("policy2", 'User::"bob" has no attribute age'),
            PolicyError("policy3", "the number overflows 64 bits"),
        ),
    )


def test_clauses_are_asked_in_their_order() -> None:
    assert respond("permit(principal, action, resource) when { false } when { context.nothing };").errors == ()
    assert respond("permit(principal, action, resource) unless { true } when { context.nothing };").errors == ()
    assert respond("permit(principal, action, resource) when { context.nothing } when { false };").errors != ()
    assert respond("permit(principal, action, resource) when { true } unless { false };").allowed
    assert respond("permit(principal, action, resource) when { true } unless { 1 };").errors != ()


def test_an_action_below_two_groups_of_one_list_is_one_reason() -> None:
    text = 'permit(principal, action in [Action::"all", Action::"read", Action::"read"], resource);'
    assert respond(text) == Response(True, ("policy0",), ())
    text = 'permit(principal, action in [Action::"read", Action::"all"], resource) when { context.nothing };'
    assert respond(text).errors == (PolicyError("policy0", "there is no attribute nothing"),)


def test_templates_decide_through_their_links_alone() -> None:
    template = parse_policies("permit(principal == ?principal, action, resource in ?resource);")[0]
    order = EntityUid("Order", "7")
    links = [
        Link("policy0", "ann", {"principal": ANN, "resource": order}),
        Link("policy0", "bob", {"principal": EntityUid("User", "bob"), "resource": order}),
    ]
    assert not CedarEngine([template]).respond(REQUEST, ENTITIES).allowed
    assert not CedarEngine(PolicySet.of([template])).respond(REQUEST, ENTITIES).allowed
    assert not CedarEngine(PolicySet(static=(template,))).respond(REQUEST, ENTITIES).allowed
    assert CedarEngine(PolicySet.of([template], links)).respond(REQUEST, ENTITIES) == Response(True, ("ann",), ())


def test_two_policies_with_one_id_are_refused() -> None:
    with pytest.raises(Misconfigured, match="two policies have the id a"):
        CedarEngine([Policy("a"), Policy("a")])


@pytest.mark.parametrize("name", ["x\\", '"); import os; ("', "'", "\n", "{}", "__class__", "k0", "\ud83d\ude00", "🦀"])
def test_a_name_is_never_read_as_python(name: str) -> None:
    read = Attribute(of=Variable(name="principal"), name=name)
    policies = [
        Policy("a", clauses=(Clause("when", Equal(left=read, right=Literal(value=1))),)),
        Policy("b", clauses=(Clause("when", Equal(left=Literal(value=name), right=Literal(value=name))),)),
    ]
    response = CedarEngine(policies).respond(REQUEST, ENTITIES)
    assert response.reasons == ("b",)
    assert response.errors == (PolicyError("a", f"there is no attribute {name}"),)


NESTED: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "(" * n + "true" + ")" * n,
    "not": lambda n: "!(" * n + "context.ok" + ")" * n,
    "if": lambda n: "if context.ok then (" * n + "true" + ") else false" * n,
    "the test of if": lambda n: "(if " * n + "true" + " then true else false)" * n,
    "sets": lambda n: "[" * n + "1" + "]" * n + " == context.n",
    "computed sets": lambda n: "[" * n + "context.n" + "]" * n + " == context.n",
    "records": lambda n: "{a: " * n + "context.n" + "}" * n + " == context.n",
    "sums": lambda n: "(" * n + "1" + " + context.n)" * n + " > 3",
    "and in or": lambda n: "(true && (false || " * (n // 2) + "context.ok" + "))" * (n // 2),
    "equality": lambda n: "(" * n + "context.n == 1" + ") == true" * n,
    "arguments": lambda n: "[context.n].contains(" * n + "1" + ")" * n,
    "methods": lambda n: 'datetime("2024-01-01")' + '.offset(duration("1d"))' * n + ' > datetime("2024-01-01")',
    "attributes": lambda n: "resource" + ".owner" * n + " == principal",
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_the_language_can_nest_can_be_decided(kind: str) -> None:
    """As deep as the parser allows, and from deep inside somebody's application."""
    policies = _deepest(NESTED[kind])
    response = CedarEngine(policies).respond(REQUEST, ENTITIES)
    assert not any("deep" in error.message for error in response.errors)
    assert _below(200, lambda: CedarEngine(policies).respond(REQUEST, ENTITIES)) == response


def _deepest(nested: Callable[[int], str]) -> tuple[Policy, ...]:
    for depth in range(100, 30, -1):
        try:
            return parse_policies(f"permit(principal, action, resource) when {{ {nested(depth)} }};")
        except Unreadable as error:
            assert "levels deep" in error.message
    raise AssertionError("the parser takes less than it says")


def _below(frames: int, ask: Callable[[], Any]) -> Any:
    return ask() if frames == 0 else _below(frames - 1, ask)


def test_a_chain_of_ten_thousand_is_no_nesting() -> None:
    for operator, other in (("&&", "false"), ("||", "true")):
        chain = f" {operator} ".join(["context.ok"] * 10_000)
        assert (
            CedarEngine(parse_policies(f"permit(principal,action,resource) when {{{chain}}};"))
            .respond(REQUEST, ENTITIES)
            .allowed
        )
        clauses = f"when {{ context.ok {operator} {other} }} " * 2_000
        text = f"permit(principal, action, resource) {clauses};"
        assert CedarEngine(parse_policies(text)).respond(REQUEST, ENTITIES).allowed is (operator == "||")


def test_a_tree_that_no_text_could_be_is_an_error_and_no_answer() -> None:
    condition: Any = Equal(left=Variable(name="action"), right=Variable(name="action"))
    for _ in range(sys.getrecursionlimit() * 2):
        condition = Not(of=condition)
    policies = [Policy("deep", clauses=(Clause("when", condition),)), Policy("flat")]
    response = CedarEngine(policies).respond(REQUEST, ENTITIES)
    assert response == Response(True, ("flat",), (PolicyError("deep", "it is nested too deeply"),))


def test_threads_share_an_engine() -> None:
    policies = parse_policies("permit(principal, action, resource) when { principal.age > 3 };" * 50)
    engine, answers = CedarEngine(policies), []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        answers.append(engine.respond(REQUEST, ENTITIES))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers[0].reasons) == 50


SCOPES = {
    "anything": (ANYTHING, True),
    "equal": (EqualTo(ANN), True),
    "equal to another": (EqualTo(EntityUid("User", "bob")), False),
    "within itself": (Within(ANN), True),
    "within": (Within(EntityUid("Org", "o")), True),
    "within another": (Within(EntityUid("Org", "p")), False),
    "of type": (OfType("User"), True),
    "of another type": (OfType("Team"), False),
    "of type within": (OfType("User", EntityUid("Team", "a")), True),
    "of another type within": (OfType("Team", EntityUid("Team", "a")), False),
    "of type within another": (OfType("User", EntityUid("Team", "b")), False),
    "slot": (EqualTo(Slot("principal")), False),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_is_what_it_says(scope: str) -> None:
    found, includes = SCOPES[scope]
    text = Policy("a", principal=found)
    assert CedarEngine([text]).respond(REQUEST, ENTITIES).allowed is includes
    about_resource = Policy("a", resource=EqualTo(Slot("resource")) if scope == "slot" else found)
    swapped = REQUEST._replace(principal=REQUEST.resource, resource=ANN)
    assert CedarEngine([about_resource]).respond(swapped, ENTITIES).allowed is includes
    with_condition = Policy("a", principal=found, clauses=(Clause("when", Variable(name="context")),))
    assert bool(CedarEngine([with_condition]).respond(REQUEST, ENTITIES).errors) is includes


@pytest.mark.parametrize(
    ("groups", "includes"),
    [((), False), ((READ,), True), ((EntityUid("Action", "all"),), True), ((EntityUid("Action", "write"),), False)],
)
def test_a_list_of_actions_is_any_of_them(groups: tuple[EntityUid, ...], includes: bool) -> None:
    assert CedarEngine([Policy("a", action=WithinAny(groups))]).respond(REQUEST, ENTITIES).allowed is includes


def test_a_set_that_was_parsed_is_taken_as_it_is() -> None:
    assert CedarEngine(parse_policy_set("permit(principal, action, resource);")).respond(REQUEST, ENTITIES).allowed


def test_an_error_inside_a_chain_is_found_where_it_is_reached() -> None:
    ok, bad = Literal(value=True), Literal(value=5)
    assert CedarEngine([Policy("a", clauses=(Clause("when", And(left=ok, right=bad)),))]).respond(
        REQUEST, ENTITIES
    ).errors == (PolicyError("a", "a bool is needed, and a long came"),)


@pytest.mark.parametrize(
    "scope",
    [
        "principal, action, resource",
        'principal == User::"ann", action, resource',
        'principal in Org::"o", action, resource',
        "principal is User, action, resource is Order",
        'principal, action == Action::"read", resource',
    ],
)
def test_policies_of_one_scope_are_all_asked(scope: str) -> None:
    assert respond(f"permit({scope});" * 3).reasons == ("policy0", "policy1", "policy2")
