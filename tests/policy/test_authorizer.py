"""Above Cedar's answer: an error is a no, a mark's role must be held, and whoever acts must be permitted too."""

from __future__ import annotations

import pickle
import threading
from dataclasses import replace

import pytest
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.policy.actions import action_scope, covers
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Attribute, Equal, Literal, Not, Variable
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.witness import Witness
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.rules.grant import mark_policy, role_policies, service_policies
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.scope import EqualTo, OfType


class Order:
    def __init__(self, **values: object) -> None:
        vars(self).update(values)


def _rule(source: str, effect: str = "permit") -> Policy:
    return python_rule(worlds.function(source, {"Order": Order}), "order:read", effect=effect, name=source)


def _service(name: str, actor: Caller | None = None) -> Caller:
    return Caller(f"spiffe://ringwall.internal/{name}", kind="service", actor=actor)


ROLES = role_policies({"customer": ["order:create"], "manager": ["order:*"], "root": ["*"], "idle": []})
SERVICES = service_policies({"shop": ["order:read"], "billing": ["charge:create"]})
RULES = [*ROLES, *SERVICES]
ACTIONS = ("order:read", "order:create", "charge:create")
MAX = Caller("max", roles=frozenset({"manager"}))


def test_nothing_is_permitted_by_default() -> None:
    decision = Authorizer((), ACTIONS).decide(MAX, "order:read", Order(id=1))
    assert not decision
    assert decision.summary == "no rule permits order:read to anyone"


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        ("customer", "order:create", True),
        ("customer", "order:read", False),
        ("manager", "order:read", True),
        ("manager", "charge:create", False),
        ("root", "charge:create", True),
        ("idle", "order:read", False),
        ("Customer", "order:create", False),
    ],
)
def test_roles(role: str, action: str, allowed: bool) -> None:
    assert bool(Authorizer(RULES, ACTIONS).decide(Caller("ann", roles=frozenset({role})), action)) is allowed


def test_groups_cover_by_whole_words() -> None:
    assert covers(action_scope(["order:*"]), "order:read")
    assert covers(action_scope(["order:*"]), "order:item:add")
    assert not covers(action_scope(["order:*"]), "orders:read")
    assert not covers(action_scope(["order:*"]), "order")
    assert not covers(action_scope(["order:read"]), "order:read:all")


def test_an_unknown_action_is_a_no_even_for_those_who_may_everything() -> None:
    decision = Authorizer(RULES, ACTIONS).decide(Caller("max", roles=frozenset({"root"})), "order:raed")
    assert decision.summary == "no rule and no mark knows the action order:raed; did you mean order:read?"


def test_a_forbid_overrides_every_permit() -> None:
    authorizer = Authorizer([*RULES, _rule('order.state == "sealed"', "forbid")], ACTIONS)
    assert authorizer.decide(MAX, "order:read", Order(state="open"))
    assert not authorizer.decide(MAX, "order:read", Order(state="sealed"))


def test_a_forbid_that_errs_is_a_no() -> None:
    authorizer = Authorizer([*RULES, _rule('order.state == "sealed"', "forbid")], ACTIONS)
    for wrong in (Order(), Order(state=object())):
        decision = authorizer.decide(MAX, "order:read", wrong)
        assert not decision
        assert decision.summary.startswith("it cannot be told whether a rule forbids this: 'Generated.'")


def test_a_permit_that_errs_permits_nothing_and_spoils_nothing() -> None:
    authorizer = Authorizer([*RULES, _rule('order.state == "open"')], ACTIONS)
    assert not authorizer.decide(Caller("ann"), "order:read", Order())
    assert authorizer.decide(MAX, "order:read", Order())


def test_a_forbid_without_an_exit_has_no_remedy() -> None:
    decision = Authorizer([*RULES, _rule("True", "forbid")], ACTIONS).decide(MAX, "order:read", Order())
    assert not decision
    assert decision.remedy == ""


def test_a_role_beside_the_action_means_both() -> None:
    authorizer = Authorizer(RULES, ACTIONS)
    assert authorizer.decide(MAX, "order:read", role="manager")
    assert not authorizer.decide(MAX, "order:read", role="auditor")
    assert not authorizer.decide(Caller("ann", roles=frozenset({"auditor"})), "order:read", role="auditor")


def test_marks() -> None:
    authorizer = Authorizer([mark_policy("me"), mark_policy("delete", role="manager")])
    assert authorizer.decide(Caller("ann"), "me")
    assert authorizer.decide(_service("shop"), "me")
    assert authorizer.decide(MAX, "delete")
    assert authorizer.decide(Caller("ann"), "delete").summary == "requires role manager; roles: none"


class TestWhoActs:
    authorizer = Authorizer([*RULES, _rule("caller.id == order.owner")], ACTIONS)

    def test_both_must_be_permitted(self) -> None:
        order = Order(owner="ann")
        assert self.authorizer.decide(Caller("ann", actor=_service("shop")), "order:read", order)
        decision = self.authorizer.decide(Caller("ann", actor=_service("billing")), "order:read", order)
        assert decision.summary == "billing, acting for ann, may not order:read itself"
        assert decision.remedy == "grant order:read to billing under [services]"

    def test_a_service_lends_a_person_no_power(self) -> None:
        assert not self.authorizer.decide(Caller("sue", actor=_service("shop")), "order:read", Order(owner="ann"))

    def test_only_the_immediate_caller_is_asked(self) -> None:
        chain = Caller("ann", actor=_service("shop", actor=_service("stranger")))
        assert self.authorizer.decide(chain, "order:read", Order(owner="ann"))
        other = Caller("ann", actor=_service("stranger", actor=_service("shop")))
        assert not self.authorizer.decide(other, "order:read", Order(owner="ann"))

    def test_a_service_for_itself(self) -> None:
        assert self.authorizer.decide(_service("shop"), "order:read", Order(owner="ann"))
        decision = self.authorizer.decide(_service("stranger"), "charge:create")
        assert decision.summary == "no rule permits charge:create to service stranger"

    def test_a_person_with_the_id_of_a_service_is_no_service(self) -> None:
        assert not self.authorizer.decide(Caller("spiffe://ringwall.internal/billing"), "charge:create")

    def test_a_forbid_about_persons_does_not_bind_the_service_that_carries_one(self) -> None:
        only_own = self.authorizer.including([_rule("caller.id != order.owner", "forbid")])
        assert only_own.decide(Caller("ann", actor=_service("shop")), "order:read", Order(owner="ann"))

    def test_a_forbid_that_names_the_service_binds_it_as_an_actor(self) -> None:
        shop = EqualTo(EntityUid("Service", "spiffe://ringwall.internal/shop"))
        banned = Policy("ban", "forbid", principal=shop, action=action_scope(["order:read"]))
        authorizer = self.authorizer.including([banned])
        assert not authorizer.decide(Caller("ann", actor=_service("shop")), "order:read", Order(owner="ann"))

    def test_a_forbid_about_services_binds_one_as_an_actor(self) -> None:
        authorizer = self.authorizer.including([Policy("no", "forbid", principal=OfType("Service"))])
        assert authorizer.decide(Caller("ann"), "order:read", Order(owner="ann"))
        assert not authorizer.decide(Caller("ann", actor=_service("shop")), "order:read", Order(owner="ann"))


def test_a_rule_for_one_type_says_nothing_about_another() -> None:
    class Invoice(Order):
        pass

    authorizer = Authorizer([_rule("order.owner is not None")])
    assert authorizer.decide(Caller("ann"), "order:read", Order(owner="x"))
    assert not authorizer.decide(Caller("ann"), "order:read", Invoice(owner="x"))
    assert not authorizer.decide(Caller("ann"), "order:read")


def test_asked_about_a_type_without_an_object() -> None:
    authorizer = Authorizer([*ROLES, _rule("caller.id == order.owner")])
    assert authorizer.decide(MAX, "order:read", resource_type="Order")
    decision = authorizer.decide(Caller("ann"), "order:read", resource_type="Order")
    assert (decision.allowed, decision.resource) == (False, "Order")


def test_including_leaves_the_old_one_as_it_was() -> None:
    old = Authorizer((), ACTIONS)
    new = old.including(RULES, ["order:ship"])
    assert not old.decide(MAX, "order:read")
    assert new.decide(MAX, "order:read")
    assert new.decide(MAX, "order:ship")
    assert new.policies == tuple(RULES)
    assert new.actions == {*ACTIONS, "order:ship"}


@pytest.mark.parametrize("name", ["__class__", "_owner", "a.b", "class", "x or True", ""])
def test_an_attribute_name_never_becomes_code(name: str) -> None:
    """What is private, or no attribute, errs: the policy does not hold, nor does its opposite."""
    there = Attribute(of=Variable(name="resource"), name=name)
    equal = Equal(left=there, right=Literal(value="x"))
    for condition in (equal, Not(of=equal), Equal(left=there, right=there)):
        authorizer = Authorizer([Policy("r", clauses=(Clause("when", condition),))], ["read"])
        assert not authorizer.decide(MAX, "read", Order(_owner="x"))


def test_a_rule_that_alternates_and_and_or_deeply_is_decided() -> None:
    source = "order.a == 'x'"
    for n in range(40):
        source = f"({source} {'or' if n % 2 else 'and'} order.a != 'y')"
    authorizer = Authorizer([_rule(source)])
    assert authorizer.decide(MAX, "order:read", Order(a="x"))
    assert not authorizer.decide(MAX, "order:read", Order(a="y"))


def test_many_threads_ask_one_authorizer() -> None:
    authorizer = Authorizer([*RULES, _rule("caller.id == order.owner")], ACTIONS)
    wrong: list[str] = []

    def ask(name: str) -> None:
        wrong.extend(
            owner
            for owner in ("ann", "sue") * 200
            if bool(authorizer.decide(Caller(name), "order:read", Order(owner=owner))) is not (name == owner)
        )

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("ann", "sue", "max")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_decision_has_one_id_and_does_not_change() -> None:
    decision = Authorizer(RULES, ACTIONS).decide(MAX, "order:read")
    assert decision.id == decision.id
    assert len(decision.id) == 26
    with pytest.raises(AttributeError):
        decision.allowed = False  # type: ignore[misc]


def test_a_yes_is_told_later_from_what_was_read_at_once() -> None:
    """The audit log reads it in a thread of its own, when the object may be gone or changed."""
    order = Order(id=17)
    decision = Authorizer(RULES, ACTIONS).decide(MAX, "order:read", order)
    del order.id
    assert decision.resource == 'Order::"17"'
    assert decision.caller == "max (person)"
    assert decision.summary == "Role manager may order:*."
    assert [reason.rule for reason in decision.reasons] == ["roles.manager"]
    assert (decision.nearest, decision.remedy, decision.said_outside) == (None, "", "")
    assert replace(decision, said_outside="x").reasons == decision.reasons
    assert pickle.loads(pickle.dumps(replace(decision, said_outside="x"))).resource == decision.resource
    with pytest.raises(AttributeError):
        decision.colour  # type: ignore[attr-defined]  # noqa: B018


def test_an_object_whose_key_cannot_be_read_is_told_by_its_class() -> None:
    class Gone(Order):
        @property
        def id(self) -> int:
            raise RuntimeError("the row is gone")

    authorizer = Authorizer(RULES, ACTIONS)
    assert authorizer.decide(MAX, "order:read", Gone()).resource == "Gone"
    assert authorizer.decide(Caller("ann"), "order:read", Gone()).resource == "Gone"


def test_what_marks_ask_for_and_rules_name_is_known_but_for_groups() -> None:
    authorizer = Authorizer(RULES, ["order:ship"])
    assert authorizer.asked == {"order:ship"}
    assert authorizer.actions == {"order:ship", "order:read", "order:create", "charge:create"}
    assert authorizer.including([], ["me"]).asked == {"order:ship", "me"}


@pytest.mark.parametrize(
    ("action", "depends"),
    [("late", True), ("here", True), ("carried", False), ("plain", False), ("always", False), ("unknown", False)],
)
def test_a_yes_depends_on_the_context_where_a_rule_for_the_action_reads_it(action: str, depends: bool) -> None:
    text = """
    permit (principal, action == Action::"late", resource) unless { context.time < datetime("2026-01-01") };
    forbid (principal, action == Action::"here", resource) when { principal.a && context.ip.isLoopback() };
    permit (principal, action == Action::"here", resource);
    permit (principal, action == Action::"carried", resource) when { context has actor };
    permit (principal, action == Action::"plain", resource) when { resource.a == principal.b };
    permit (principal, action == Action::"always", resource);
    """
    authorizer = Authorizer(parse_policies(text))
    assert [authorizer.depends_on_context(action) for _ in range(2)] == [depends, depends]


OWN = 'permit (principal, action == Action::"order:read", resource) when { resource.owner == principal.id };'


class TestManyRows:
    authorizer = Authorizer([*RULES, _rule("caller.id == order.owner")], ACTIONS)
    rows = (Order(owner="ann"), Order(owner="sue"))

    @pytest.mark.parametrize(
        ("caller", "action", "role", "allowed"),
        [
            (Caller("ann"), "order:read", None, [True, False]),
            (MAX, "order:read", None, [True, True]),
            (MAX, "order:read", "manager", [True, True]),
            (MAX, "order:read", "auditor", [False, False]),
            (MAX, "order:raed", None, [False, False]),
            (Caller("ann", actor=_service("shop")), "order:read", None, [True, False]),
            (Caller("ann", actor=_service("billing")), "order:read", None, [False, False]),
            (replace(MAX, actor=_service("shop")), "order:read", None, [True, True]),
        ],
    )
    def test_are_decided_as_each_alone(
        self, caller: Caller, action: str, role: str | None, allowed: list[bool]
    ) -> None:
        holds = self.authorizer.filter(caller, action, Order, role=role)
        assert [holds(row) for row in self.rows] == allowed
        assert [bool(self.authorizer.decide(caller, action, row, role=role)) for row in self.rows] == allowed

    def test_of_other_classes_are_decided_by_themselves(self) -> None:
        class Invoice(Order):
            pass

        permits = Authorizer([_rule("caller.id == order.owner"), *parse_policies(
            'permit (principal, action, resource is Invoice) when { resource.paid };'
        )], ACTIONS)  # fmt: skip
        holds = permits.filter(Caller("ann"), "order:read", Order)
        assert [holds(row) for row in (Order(owner="ann"), Invoice(owner="ann", paid=False), Invoice(paid=True))] == [
            True, False, True,
        ]  # fmt: skip


def test_the_context_is_asked_of_one_row_and_of_many_and_of_who_acts() -> None:
    text = OWN.replace("resource.owner == principal.id", "context.ip.isLoopback()")
    authorizer = Authorizer(parse_policies(text))
    for caller in (Caller("ann"), Caller("ann", actor=_service("shop"))):
        for ip, allowed in (("127.0.0.1", True), ("192.0.2.1", False), ("", False)):
            context = Context(ip=ip)
            assert authorizer.decide(caller, "order:read", Order(), context=context).allowed is allowed
            assert authorizer.filter(caller, "order:read", Order, context=context)(Order()) is allowed
            (outcome,) = authorizer.outcomes(caller, "order:read", Order(), context=context)
            assert outcome.held is allowed


def test_rules_in_scope_are_told_apart_from_those_that_are_not() -> None:
    authorizer = Authorizer([*RULES, _rule("caller.id == order.owner")], ACTIONS)
    assert [outcome.rule for outcome in authorizer.outcomes(MAX, "order:read")] == ["roles.manager"]
    assert {outcome.rule for outcome in authorizer.outcomes(MAX, "order:read", Order(owner="max"))} == {
        "roles.manager",
        "caller.id == order.owner",
    }
    assert authorizer.outcomes(MAX, "order:raed") == ()
    assert authorizer.entries(MAX, "order:raed", Order) == []


def test_what_speaks_of_the_application_is_asked_where_there_is_no_resource() -> None:
    authorizer = Authorizer(parse_policies("permit (principal, action, resource is Application);"), ACTIONS)
    assert authorizer.decide(MAX, "order:read")
    assert [outcome.held for outcome in authorizer.outcomes(MAX, "order:read")] == [True]
    assert authorizer.outcomes(MAX, "order:read", Order()) == ()


def test_the_nearest_rule_of_a_no_is_a_permit() -> None:
    authorizer = Authorizer([_rule("order.a == 'x' and order.b == 'x'"), _rule("order.c == 'x'", "forbid")], ACTIONS)
    decision = authorizer.decide(MAX, "order:read", Order(a="", b="", c=""))
    assert decision.remedy == "have order.a == 'x' and have order.b == 'x'"


def test_who_holds_the_role_of_a_mark_is_told_of_the_actor_that_may_not() -> None:
    caller = replace(MAX, actor=_service("billing"))
    decision = Authorizer(RULES, ACTIONS).decide(caller, "order:read", role="manager")
    assert decision.summary == "billing, acting for max, may not order:read itself"


def test_an_actor_is_bound_by_permits_and_by_forbids_about_it_alone() -> None:
    shop = _service("shop")
    named, typed, anyone = (
        Policy("named", "forbid", principal=EqualTo(EntityUid("Service", shop.id))),
        Policy("typed", "forbid", principal=OfType("Service")),
        Policy("anyone", "forbid"),
    )
    authorizer = Authorizer([*RULES, named, typed, anyone, Policy("all")], ACTIONS)
    entries = authorizer.actor_entries(shop, "order:read", Order)
    assert {entry.policy.id for entry in entries} == {"services.shop", "named", "typed", "all"}


@pytest.mark.parametrize(
    ("rule", "may"),
    [("", True), ('forbid (principal is Service, action, resource) when { resource.none };', False),
     ('forbid (principal is Service, action, resource) when { resource.id == 2 };', True),
     ('forbid (principal is Service, action, resource) when { resource.id == 1 };', False)],
)  # fmt: skip
def test_an_actor_may_where_a_permit_holds_and_no_forbid_holds_or_errs(rule: str, may: bool) -> None:
    authorizer = Authorizer([*RULES, *parse_policies(rule)], ACTIONS)
    assert authorizer.actor_may(_service("shop"), "order:read", Order(id=1), Order) is may
    assert not authorizer.actor_may(_service("billing"), "order:read", Order(id=1), Order)


def test_the_record_of_a_decision_has_what_the_policies_read() -> None:
    authorizer = Authorizer(parse_policies(OWN))
    context = Context(ip="192.0.2.1")
    for _ in range(2):
        witness = authorizer.witness("order:read", Order(id=1, owner="ann", note="x"), role="r", context=context)
        assert (witness.context, witness.role) == (context, "r")
        assert "ann" in repr(witness)
        assert "note" not in repr(witness)
    assert authorizer.witness("order:read", role="r", context=context) == Witness(context, role="r")
    assert "ann" not in repr(authorizer.witness("order:ship", Order(id=1, owner="ann")))


@pytest.mark.parametrize(
    ("resource", "kind", "text"),
    [
        (Order(id=1), "Application", 'Order::"1"'),
        (Order(), "Application", "Order"),
        (None, "Application", ""),
        (None, "Order", "Order"),
    ],
)
def test_a_resource_is_told_in_every_answer(resource: object, kind: str, text: str) -> None:
    authorizer = Authorizer(RULES, ACTIONS)
    for caller, action in ((MAX, "order:read"), (Caller("ann"), "order:read"), (MAX, "nothing")):
        assert authorizer.decide(caller, action, resource, resource_type=kind).resource == text


def test_of_many_forbids_the_first_is_told_and_one_that_holds_before_one_that_errs() -> None:
    authorizer = Authorizer(
        [*RULES, _rule("order.a == 'x'", "forbid"), _rule("order.b == 'x'", "forbid"), _rule("True", "forbid")],
        ACTIONS,
    )
    assert authorizer.decide(MAX, "order:read", Order(a="y", b="x")).reasons[0].rule == "order.b == 'x'"
    assert authorizer.decide(MAX, "order:read", Order(b="y")).reasons[0].rule == "True"
