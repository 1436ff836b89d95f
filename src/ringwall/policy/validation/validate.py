"""Strict validation of policies against a schema, after Cedar 4.5: a policy that passes cannot err on a request and on
entities that conform to the schema, but for an overflow of 64 bits."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet
from ringwall.policy.schema.schema import Environment, Schema
from ringwall.policy.schema.types import BOOL, Type
from ringwall.policy.source import Span
from ringwall.policy.validation.applicable import applicable
from ringwall.policy.validation.checker import Checker
from ringwall.policy.validation.finding import Finding, Report
from ringwall.policy.validation.known_names import check_names
from ringwall.policy.validation.lint import ALWAYS_HOLDS, NEVER_SATISFIED, conditions, lint
from ringwall.policy.validation.typed import FALSE, NOTHING, TRUE


def validate(policies: Iterable[Policy] | PolicySet, schema: Schema) -> Report:
    """What is wrong with these policies, and what is strange. Templates are checked for all that can fill them."""
    if isinstance(policies, PolicySet):
        policies = policies.static + policies.templates + policies.linked()
    each = tuple(policies)
    environments = tuple(schema.environments())
    checks = [_PolicyCheck(policy, schema, environments) for policy in each]
    return Report(
        tuple(finding for check in checks for finding in check.errors.values()),
        tuple(dict.fromkeys([warning for check in checks for warning in check.warnings] + [*lint(each, schema)])),
    )


class _PolicyCheck:
    """``errors`` has each once, whatever the number of environments that it shows in."""

    def __init__(self, policy: Policy, schema: Schema, environments: tuple[Environment, ...]) -> None:
        self._policy = policy
        self._schema = schema
        self.errors: dict[tuple[str, Span], Finding] = {}
        self.warnings: list[Finding] = []
        check_names(policy, schema, self._error)
        fitting = applicable(policy, schema, environments)
        if not fitting and not self.errors:
            hint = "the schema allows no request with this principal, action and resource"
            self._error("the policy applies to no request", policy.span, hint)
        self._check_conditions(fitting)

    def _error(self, message: str, span: Span, hint: str) -> None:
        self.errors.setdefault((message, span), Finding(message, span, hint, self._policy.id))

    def _warn(self, message: str, span: Span, hint: str) -> None:
        self.warnings.append(Finding(message, span, hint, self._policy.id))

    def _check_conditions(self, environments: list[Environment]) -> None:
        types: list[list[Type | None]] = [self._types(environment) for environment in environments]
        if types and all(found and found[-1] == FALSE for found in types):
            self._warn(NEVER_SATISFIED, self._policy.span, "leave it away, or mend its conditions")
            return
        required = len(self._policy.requires)
        for number, clause in enumerate(self._policy.clauses, required):
            reached = [found[number] for found in types if number < len(found)]
            if reached and all(found == TRUE for found in reached):
                self._warn(ALWAYS_HOLDS, clause.body.span, f"leave this {clause.kind} away")

    def _types(self, environment: Environment) -> list[Type | None]:
        """The type of each condition, up to the first that is false for every request."""
        checker = Checker(self._schema, environment, self._error)
        known, types = NOTHING, list[Type | None]()
        for condition in conditions(self._policy):
            typed = checker.expect(condition, BOOL, known)
            known |= typed.gives
            types.append(typed.type)
            if typed.type == FALSE:
                break
        return types
