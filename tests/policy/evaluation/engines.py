"""One case asked of four engines: ours, the plain walk of its trees, and Cedar's own in Rust and in WebAssembly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import cedarpy
from tests.policy.outcomes import answer, request_json
from tests.policy.random_cedar import Case

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entities_json import entities_to_json
from ringwall.policy.entities.uid_json import uid_to_json
from ringwall.policy.entities.value_json import value_to_json
from ringwall.policy.evaluation.engine import CedarEngine, Response
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import And, Equal, Expression, In, Is, Literal, SetOf, Variable
from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.policy_json import policies_from_json, policies_to_json
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import Link, PolicySet
from ringwall.policy.scope import EqualTo, OfType, Scope, Within, WithinAny
from ringwall.policy.values.evaluation_error import EvaluationError

Wasm: TypeAlias = Callable[..., Any]


def ours(policies: PolicySet, case: Case) -> list[Response]:
    """Our engine."""
    engine = CedarEngine(policies)
    found = (engine.respond(request, case.entities) for request in case.requests)
    return [answer(one.allowed, one.reasons, (f"`{error.policy_id}`" for error in one.errors)) for one in found]


def walked(policies: PolicySet, case: Case) -> list[Response]:
    """The definition of an answer, in its own words: each policy asked, its scope as an expression."""
    return [_walk(policies.policies, request, case.entities) for request in case.requests]


def cedarpy_s(policies: PolicySet, case: Case) -> list[Response]:
    """cedarpy, which is Cedar's own engine. In text there are no links."""
    assert not policies.links
    return _cedarpy_s(cedarpy.PolicySet.from_str(cedar_text(policies.static)), case)


def cedarpy_s_by_json(policies: PolicySet, case: Case) -> list[Response]:
    """cedarpy, given the policies as we write them in JSON, templates and links included."""
    return _cedarpy_s(cedarpy.PolicySet.from_json_str(json.dumps(policies_to_json(policies))), case)


def ours_by_json(policies: PolicySet, case: Case) -> list[Response]:
    """Our engine, given the JSON that Cedar makes of the text, with the same links."""
    read = policies_from_json(json.loads(cedarpy.policies_to_json_str(cedar_text(case.policies))))
    return ours(PolicySet.of((*read.static, *read.templates), policies.links), case)


def wasm_s(ask: Wasm, policies: PolicySet, case: Case) -> list[Response]:
    """@cedar-policy/cedar-wasm, templates and links included."""
    made = {
        "staticPolicies": {policy.id: cedar_text([policy]) for policy in policies.static},
        "templates": {policy.id: cedar_text([policy]) for policy in policies.templates},
        "templateLinks": [_link(link) for link in policies.links],
    }
    assert ask("preparsePolicySet", "set", made)["type"] == "success"
    return [_asked(ask, request, case.entities) for request in case.requests]


def reread(case: Case) -> PolicySet:
    """The policies of a case as we read them again from their text, each template linked as ``linked`` says."""
    read = parse_policies(cedar_text(case.policies))
    return PolicySet.of(read, linked(read, case))


def linked(policies: tuple[Policy, ...], case: Case) -> list[Link]:
    """Two links for each template, to what the requests are about."""
    return [
        Link(policy.id, f"{policy.id}-{number}", {slot: getattr(request, slot) for slot in policy.slots})
        for policy in policies
        if policy.slots
        for number, request in enumerate(case.requests[:2])
    ]


def _cedarpy_s(policies: cedarpy.PolicySet, case: Case) -> list[Response]:
    entities = cedarpy.Entities.from_json_str(json.dumps(entities_to_json(case.entities)))
    found = [cedarpy.is_authorized(request_json(request), policies, entities) for request in case.requests]
    assert all(one.decision.value in ("Allow", "Deny") for one in found)
    return [answer(one.allowed, one.diagnostics.reasons, one.diagnostics.errors) for one in found]


def _link(link: Link) -> dict[str, Any]:
    values = {f"?{slot}": uid_to_json(uid) for slot, uid in link.values.items()}
    return {"templateId": link.template, "newId": link.id, "values": values}


def _asked(ask: Wasm, request: Request, entities: Entities) -> Response:
    uids = {name: uid_to_json(getattr(request, name)) for name in ("principal", "action", "resource")}
    context = value_to_json(request.context)
    given = {**uids, "context": context, "preparsedPolicySetId": "set", "entities": entities_to_json(entities)}
    found = ask("statefulIsAuthorized", given)
    assert found["type"] == "success", found
    diagnostics: Mapping[str, Any] = found["response"]["diagnostics"]
    errors = (f"`{error['policyId']}`" for error in diagnostics["errors"])
    return answer(found["response"]["decision"] == "allow", diagnostics["reason"], errors)


def _walk(policies: tuple[Policy, ...], request: Request, entities: Entities) -> Response:
    held: dict[str, list[str]] = {"permit": [], "forbid": []}
    errors = []
    for policy in policies:
        try:
            if all(evaluate(part, request, entities) for part in _parts(policy)):
                held[policy.effect].append(policy.id)
        except EvaluationError:
            errors.append(f"`{policy.id}`")
    allowed = bool(held["permit"]) and not held["forbid"]
    return answer(allowed, held["forbid"] or held["permit"], errors)


def _parts(policy: Policy) -> Iterator[Expression]:
    yield from _scope(Variable(name="principal"), policy.principal)
    yield from _scope(Variable(name="action"), policy.action)
    yield from _scope(Variable(name="resource"), policy.resource)
    if policy.condition is not None:
        yield And(left=policy.condition, right=Literal(value=True))  # which errs where it is no bool


def _scope(variable: Variable, scope: Scope) -> Iterator[Expression]:
    match scope:
        case EqualTo():
            yield Equal(left=variable, right=Literal(value=scope.entity))  # type: ignore[arg-type]
        case Within():
            yield In(left=variable, right=Literal(value=scope.entity))  # type: ignore[arg-type]
        case WithinAny():
            yield In(left=variable, right=SetOf(items=tuple(Literal(value=uid) for uid in scope.entities)))
        case OfType(type=type_, within=within):
            yield Is(of=variable, type=type_)
            if within is not None:
                yield In(left=variable, right=Literal(value=within))  # type: ignore[arg-type]
