"""The policies that decide for a service: those of its application, or of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ringwall.cli.application import load, names_application
from ringwall.cli.policy.files import files_of, read_deciding
from ringwall.errors import Misconfigured
from ringwall.policy.policy import Policy


def deciding_policies(places: Iterable[str]) -> tuple[Policy, ...]:
    """The policies of each place: an application (``module:attribute``), a file of policies, or a directory of them.

    Raises ``Misconfigured`` where there are none.
    """
    found: list[Policy] = []
    paths: list[str] = []
    for place in places:
        if names_application(place):
            found += _of_application(place)
        else:
            paths.append(place)
    return (*found, *(read_deciding(files_of(paths).policies) if paths else ()))


def application_here(service: str) -> str | None:
    """The application of ``service``, where it is as a rule: ``orders:app``, beside its ``ringwall.toml``."""
    from ringwall import config
    from ringwall.settings import FILE

    here, name = Path.cwd(), usual_application(service)
    ours = (here / FILE).is_file() and config.load(here).service.name == service
    return name if ours and (here / f"{name.partition(':')[0]}.py").is_file() else None


def usual_application(service: str) -> str:
    """What the application of ``service`` is called, as a rule."""
    return f"{service.replace('-', '_')}:app"


def _of_application(name: str) -> tuple[Policy, ...]:
    from ringwall.on.routes import guard_of

    guard = guard_of(load(name))
    policy = guard.settings.policy
    if policy is not None and policy.decision_point:
        raise Misconfigured(
            f"for {name} the decision point {policy.decision_point} decides, and its policies are not here",
            hint="give them as Cedar files: --policies PATH",
        )
    return guard.policies
