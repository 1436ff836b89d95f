"""What is typed at a prompt, answered: Cedar expressions and a few words around them. Nothing is ever run as Python."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.explain import explain
from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.language.value_text import record_text, value_text
from ringwall.policy.language.vocabulary import is_name
from ringwall.policy.policy import Policy
from ringwall.policy.trial.constant import constant_record
from ringwall.policy.trial.table import action_of, uid_of
from ringwall.policy.values.evaluation_error import EvaluationError

_HELP = """\
resource.owner == principal     a Cedar expression, for the request as it is set
principal Person::"ann"         set a part of the request: principal, action, resource, or context { … }
ask                             decide the request, and say why
policies, entities, request     show them
quit"""


class Prompt:
    """A set of policies, its entities, and the request that lines set part by part."""

    welcome = "Cedar 4.5; 'help' says what may be typed"

    def __init__(self, policies: Iterable[Policy], entities: Entities) -> None:
        self._policies = tuple(policies)
        self._entities = entities
        self._request = Request(EntityUid("Nobody", ""), EntityUid("Action", "nothing"), EntityUid("Nothing", ""))

    def answer(self, line: str) -> str | None:
        """What a line comes to; ``None`` for the last one. Raises ``Misconfigured`` for what cannot be read."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "":
                return ""
            case "quit" | "exit":
                return None
            case "help":
                return _HELP
            case "ask" if not rest:
                return explain(self._policies, self._request, self._entities).explain()
            case "policies" if not rest:
                return cedar_text(self._policies).rstrip()
            case "entities" if not rest:
                return "\n".join(f"{uid}  {record_text(entity.attributes)}" for uid, entity in self._entities.items())
            case "request" if not rest:
                asked = self._request
                return f"{asked.principal}  {asked.action}  {asked.resource}  {record_text(asked.context)}"
            case "principal" if _is_set(rest):
                self._request = self._request._replace(principal=uid_of(rest, ""))
                return ""
            case "resource" if _is_set(rest):
                self._request = self._request._replace(resource=uid_of(rest, ""))
                return ""
            case "action" if _is_set(rest) or is_name(rest.replace(":", "_")):
                self._request = self._request._replace(action=action_of(rest, ""))
                return ""
            case "context" if rest.startswith("{"):
                self._request = self._request._replace(context=constant_record(rest, ""))
                return ""
        try:
            return value_text(evaluate(parse_expression(line), self._request, self._entities))
        except EvaluationError as error:
            raise Misconfigured(str(error)) from None


def _is_set(rest: str) -> bool:
    """``principal Person::"ann"`` sets it; ``principal == Person::"ann"`` and ``principal is Person`` ask about it."""
    return '::"' in rest.partition(" ")[0]
