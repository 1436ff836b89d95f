"""Cedar's JSON policy format, language 4.5, both ways: a set with its templates and links, and one policy."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Literal

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.json_reading import Where, below, nth, read_list, read_object, read_string
from ringwall.policy.language.expression_from_json import expression_from_json
from ringwall.policy.language.expression_to_json import expression_to_json, uid_to_json
from ringwall.policy.language.json_names import read_uid
from ringwall.policy.language.scope_json import scope_from_json, scope_to_json
from ringwall.policy.language.vocabulary import is_word
from ringwall.policy.policy import Clause, Effect, Policy
from ringwall.policy.policy_set import Link, PolicySet

_SET = ("staticPolicies", "templates", "templateLinks")
_SCOPE = ("principal", "action", "resource")
_REQUIRED = ("effect", *_SCOPE, "conditions")


def policies_to_json(policies: PolicySet) -> dict[str, Any]:
    """``{"staticPolicies": {id: policy}, "templates": {id: template}, "templateLinks": […]}``."""
    return {
        "staticPolicies": {policy.id: policy_to_json(policy) for policy in policies.static},
        "templates": {template.id: policy_to_json(template) for template in policies.templates},
        "templateLinks": [_link_to_json(link) for link in policies.links],
    }


def policies_from_json(value: object) -> PolicySet:
    """The set of an already decoded JSON value. Raises ``Misconfigured`` with the path of what is wrong."""
    fields = read_object(value, "policies", _SET, _SET)
    static = [
        policy_from_json(policy, id_, below("staticPolicies", id_))
        for id_, policy in read_object(fields["staticPolicies"], "staticPolicies").items()
    ]
    templates = [
        policy_from_json(template, id_, below("templates", id_))
        for id_, template in read_object(fields["templates"], "templates").items()
    ]
    for policy in static:
        if policy.slots:
            raise Misconfigured(f"policy {policy.id} has a slot", where="staticPolicies", hint="templates have slots")
    for template in templates:
        if not template.slots:
            raise Misconfigured(f"template {template.id} has no slot", where="templates", hint="it is a static policy")
    links = enumerate(read_list(fields["templateLinks"], "templateLinks"))
    return PolicySet.of((*static, *templates), [_link(link, nth("templateLinks", place)) for place, link in links])


def policy_to_json(policy: Policy) -> dict[str, Any]:
    """One policy or template; its id is not in it."""
    written: dict[str, Any] = {
        "effect": policy.effect,
        "principal": scope_to_json(policy.principal),
        "action": scope_to_json(policy.action),
        "resource": scope_to_json(policy.resource),
        "conditions": [{"kind": clause.kind, "body": expression_to_json(clause.body)} for clause in policy.clauses],
    }
    if policy.annotations:
        written["annotations"] = {name: text or None for name, text in policy.annotations.items()}
    return written


def policy_from_json(value: object, id_: str = "policy0", path: Where = "policy") -> Policy:
    """One policy or template. Raises ``Misconfigured`` with the path of what is wrong."""
    fields = read_object(value, path, (*_REQUIRED, "annotations"), _REQUIRED)
    conditions = enumerate(read_list(fields["conditions"], below(path, "conditions")))
    principal, action, resource = (scope_from_json(fields[name], below(path, name), name) for name in _SCOPE)
    return Policy(
        id=id_,
        effect=_effect(fields["effect"], below(path, "effect")),
        principal=principal,
        action=action,
        resource=resource,
        clauses=tuple(_clause(clause, nth(below(path, "conditions"), place)) for place, clause in conditions),
        annotations=MappingProxyType(_annotations(fields.get("annotations", {}), below(path, "annotations"))),
    )


def _effect(value: object, path: Where) -> Effect:
    match value:
        case "permit":
            return "permit"
        case "forbid":
            return "forbid"
    raise Misconfigured("the effect is permit or forbid", where=str(path))


def _clause(value: object, path: Where) -> Clause:
    fields = read_object(value, path, ("kind", "body"), ("kind", "body"))
    kind: Literal["when", "unless"]
    match fields["kind"]:
        case "when" | "unless" as kind:
            return Clause(kind, expression_from_json(fields["body"], below(path, "body")))
    raise Misconfigured("a condition is of the kind when or unless", where=str(below(path, "kind")))


def _annotations(value: object, path: Where) -> dict[str, str]:
    annotations = read_object(value, path)
    for name in annotations:
        if not is_word(name):
            hint = "it has letters, digits and underscores, and begins with no digit"
            raise Misconfigured(f"`{name}` is no name of an annotation", where=str(path), hint=hint)
    return {name: "" if text is None else read_string(text, below(path, name)) for name, text in annotations.items()}


def _link_to_json(link: Link) -> dict[str, Any]:
    values = {f"?{slot}": uid_to_json(entity) for slot, entity in link.values.items()}
    return {"templateId": link.template, "newId": link.id, "values": values}


def _link(value: object, path: Where) -> Link:
    fields = read_object(value, path, ("templateId", "newId", "values"), ("templateId", "newId", "values"))
    values: dict[str, EntityUid] = {}
    for slot, entity in read_object(fields["values"], below(path, "values"), ("?principal", "?resource")).items():
        values[slot[1:]] = read_uid(entity, below(below(path, "values"), slot))
    template = read_string(fields["templateId"], below(path, "templateId"))
    return Link(template, read_string(fields["newId"], below(path, "newId")), values)
