"""``ringwall policy``: one file for each verb, each imported only when it is asked for."""

from __future__ import annotations

from typing import ClassVar

import click

from ringwall.cli.frame import Verbs


class PolicyVerbs(Verbs):
    """The verbs about policies, and their one-line help."""

    package = "ringwall.cli.policy"
    verbs: ClassVar = {
        "check": "Parse policies and schema, validate, and warn: everything that is wrong at once.",
        "fmt": "Lay policies out, in place; with --check, only tell which are not.",
        "test": "Ask tables of requests; show what of the policies they reach, and what mistakes they would miss.",
        "explain": "Why one request is allowed or denied: rule by rule, value by value.",
        "diff": "Which requests change their answer between two sets of policies: proven, or replayed from a log.",
        "list-sql": "Show the WHERE by which a caller's lists are filtered.",
        "repl": "Ask expressions and requests at a prompt.",
        "show": "Print the policies of a service as Cedar text.",
        "schema": "Print the schema of a service, made from its classes, marks and claims.",
        "push": "Hand the policies of a service to the authority.",
        "pull": "Fetch a version of a policy set from the authority.",
        "history": "The versions of a policy set, and who pushed them.",
    }


@click.group(cls=PolicyVerbs)
def command() -> None:
    """Check, test, explain and compare policies; show those of a service as Cedar text."""
