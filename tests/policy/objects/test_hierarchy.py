"""Parents and tags that a class declares."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.entity import SealedRead
from ringwall.policy.objects.hierarchy import is_below, parent_names, tags_name, tags_of
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.secret import Secret


class Folder:
    __cedar_parents__ = ("parent", "shared")
    __cedar_tags__ = "labels"

    def __init__(
        self, id_: str | None, parent: object = None, shared: tuple[object, ...] = (), **labels: object
    ) -> None:
        self.id, self.parent, self.shared, self.labels = id_, parent, shared, labels or None


def _folder(id_: str) -> EntityUid:
    return EntityUid("Folder", id_)


def test_an_object_is_below_itself_its_parents_and_theirs() -> None:
    root = Folder("root")
    leaf = Folder("leaf", Folder("middle", root), (EntityUid("Team", "a"),))
    for id_ in ("leaf", "middle", "root"):
        assert is_below(leaf, [_folder(id_)])
    assert is_below(leaf, [EntityUid("Team", "a")])
    assert not is_below(root, [_folder("leaf")])
    assert not is_below(leaf, [EntityUid("Team", "root")])
    assert not is_below(leaf, [])


def test_a_cycle_ends() -> None:
    one = Folder("one")
    one.parent = Folder("two", one)
    assert is_below(one, [_folder("two")])
    assert not is_below(one, [_folder("three")])


def test_a_parent_without_a_key_is_an_error_where_it_is_reached() -> None:
    leaf = Folder("leaf", Folder(None))
    assert is_below(leaf, [_folder("leaf")])
    with pytest.raises(EvaluationError, match="no key"):
        is_below(leaf, [_folder("root")])


def test_roles_are_above_a_caller_and_groups_above_an_action() -> None:
    assert is_below(Caller("ann", roles=frozenset({"a"})), [EntityUid("Role", "a")])
    assert not is_below(Caller("ann"), [EntityUid("Role", "a")])
    assert is_below(EntityUid("Action", "order:read"), [EntityUid("Action", "order:*")])
    assert not is_below(EntityUid("Folder", "order:read"), [EntityUid("Action", "*")])


def test_tags() -> None:
    assert tags_of(Folder("a", team="blue")) == {"team": "blue"}
    assert tags_of(Folder("a")) == {}
    assert tags_of(object()) == {}
    wrong = Folder("a")
    wrong.labels = ["team"]  # type: ignore[assignment]
    with pytest.raises(EvaluationError, match="no mapping"):
        tags_of(wrong)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ('permit (principal, action, resource in Folder::"root");', True),
        ('permit (principal, action, resource is Folder in Folder::"root");', True),
        ('permit (principal, action, resource is Folder in Folder::"other");', False),
        ('permit (principal, action, resource == Folder::"leaf");', True),
        ('permit (principal, action, resource == Folder::"root");', False),
        ('permit (principal == Person::"ann", action, resource);', True),
        ('permit (principal is Service, action, resource);', False),
        ('permit (principal, action in Action::"doc:*", resource);', True),
        ('permit (principal, action, resource) when { action in [Action::"a", Action::"doc:*"] };', True),
        ('permit (principal, action, resource) when { resource.getTag("team") == "blue" };', True),
        ('permit (principal, action, resource) when { resource.getTag("none") == "blue" };', False),
        ('permit (principal, action, resource) unless { resource.hasTag("none") };', True),
        ('permit (principal, action, resource) when { resource is Folder && principal is Person };', True),
        ('permit (principal, action, resource) when { resource has missing };', False),
        ('permit (principal, action, resource) unless { resource has missing };', True),
        ('permit (principal, action, resource) when { resource.parent.parent == Folder::"root" };', False),
        ('permit (principal, action, resource) when { resource.parent == Folder::"root" };', True),
        ('permit (principal, action, resource) when { context.ip.isInRange(ip("10.0.0.0/8")) };', True),
        ('permit (principal, action, resource) when { context.time >= datetime("2026-01-01") };', True),
        ('permit (principal, action, resource) when { context.time < datetime("2026-01-01") };', False),
        ('permit (principal, action, resource) unless { context has actor };', True),
        ('permit (principal, action, resource) when { principal.level + 1 == 8 };', True),
        ('permit (principal, action, resource) when { principal.level + 9223372036854775807 > 0 };', False),
    ],
)  # fmt: skip
def test_a_policy_of_a_file_is_asked_as_written(policy: str, allowed: bool) -> None:
    authorizer = Authorizer(parse_policies(policy), ["doc:read"])
    caller = Caller("ann", attributes={"level": 7})
    leaf = Folder("leaf", Folder("root"), team="blue")
    context = Context(time=1_790_000_000.5, ip="10.1.2.3")
    assert authorizer.decide(caller, "doc:read", leaf, context=context).allowed is allowed
    assert authorizer.filter(caller, "doc:read", Folder, context=context)(leaf) is allowed


@pytest.mark.parametrize(
    ("condition", "depends"),
    [
        ("context.time < datetime(\"2026-01-01\")", True),
        ("context has ip", True),
        ("context == {}", True),
        ("context has actor", False),
        ("context.actor == resource.owner", False),
        ("true", False),
    ],
)  # fmt: skip
def test_what_reads_the_time_or_the_address_must_be_asked_each_time(condition: str, depends: bool) -> None:
    text = f'permit (principal, action == Action::"read", resource) when {{ {condition} }};'
    authorizer = Authorizer(parse_policies(text), ["read", "write"])
    assert authorizer.depends_on_context("read") is depends
    assert authorizer.depends_on_context("write") is False


def test_without_a_resource_nothing_is_known_of_it() -> None:
    text = "permit (principal, action, resource) unless { resource has locked };"
    assert not Authorizer(parse_policies(text), ["read"]).decide(Caller("ann"), "read")


def test_an_address_that_is_none_and_a_time_that_is_unknown_are_absent() -> None:
    text = "permit (principal, action, resource) unless { context has ip || context has time };"
    authorizer = Authorizer(parse_policies(text), ["read"])
    assert authorizer.decide(Caller("ann"), "read", context=Context(ip="unix:/run/x"))
    assert not authorizer.decide(Caller("ann"), "read", context=Context(ip="::1"))
    assert not authorizer.decide(Caller("ann"), "read", context=Context(time=0.0))


class Leaf:
    __cedar_parents__ = "up"
    __cedar_tags__ = "secret"
    secret: Secret[str]

    def __init__(self, up: object) -> None:
        self.id, self.up = 1, up


@pytest.mark.parametrize("several", [list, tuple, set, frozenset])
def test_a_relation_may_hold_one_or_several(several: Callable[[list[object]], object]) -> None:
    assert is_below(Leaf(several([_folder("a"), _folder("b")])), [_folder("b")])
    assert is_below(Leaf(_folder("a")), [_folder("a")])
    assert not is_below(Leaf(None), [_folder("a")])
    assert not is_below(Leaf(several([])), [_folder("a")])


def test_what_is_no_entity_is_no_parent() -> None:
    with pytest.raises(EvaluationError):
        is_below(Leaf({"a": 1}), [_folder("a")])


def test_sealed_tags_are_not_read() -> None:
    with pytest.raises(SealedRead, match=r"^Leaf\.secret is sealed or secret$"):
        tags_of(Leaf(None))


def test_what_a_class_declares() -> None:
    assert [parent_names(owner) for owner in (Leaf, Folder, object)] == [("up",), ("parent", "shared"), ()]
    assert [tags_name(owner) for owner in (Leaf, Folder, object)] == ["secret", "labels", ""]
