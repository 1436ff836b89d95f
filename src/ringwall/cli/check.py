"""``ringwall check``: what the configuration here means, and what of it would be unsafe in production."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from ringwall.authority.deployment import Deployment
    from ringwall.authority.hazards import Hazard
    from ringwall.settings import PolicySettings, Settings


@click.command()
@click.option("--production", is_flag=True, help="Fail when anything here would be unsafe in production.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(production: bool, as_json: bool) -> None:
    """Explain ringwall.toml, and authority.toml, of this directory. Exit status 1 with --production for any hazard."""
    from ringwall import config
    from ringwall.authority import deployment
    from ringwall.settings import FILE

    here = Path.cwd()
    settings = config.load(here) if (here / FILE).is_file() else None
    authority = deployment.read(here) if (here / deployment.FILE).is_file() else None
    if settings is None and authority is None:
        raise Misconfigured(f"there is no {FILE} here", hint="create one with 'ringwall init'")
    found = [*(_of_service(settings) if settings else ()), *(_of_authority(authority) if authority else ())]
    if as_json:
        click.echo(json.dumps({"hazards": [asdict(hazard) for hazard in found]}))
    else:
        if settings is not None:
            click.echo("\n".join(explain(settings)) + "\n")
        _show(found, production)
    sys.exit(1 if production and found else 0)


def explain(settings: Settings) -> Iterator[str]:
    """What each part of ``ringwall.toml`` makes true, one line each."""
    yield f"{settings.path}: service {settings.service.name}, in {settings.mode}"
    listeners = {"public": "browsers and bearer tokens", "internal": "other services, by certificate"}
    yield from (f"  listens for {listeners[word]}" for word in settings.service.listen)
    for role, actions in settings.roles.items():
        yield f"  role {role} may {', '.join(actions)}"
    for service, actions in settings.services.items():
        yield f"  service {service} may {', '.join(actions)}, for itself and for people who may"
    if settings.policy is not None:
        yield f"  {_policies_of(settings.policy)}"
    for attribute, claim in settings.claims.items():
        yield f"  caller.{attribute} is what a token says as {claim!r}"
    for name, secret in settings.secrets.items():
        renewed = f"renewed every {secret.rotate / 86400:g} days" if secret.rotate else "set by a person"
        yield f"  secret {name}: {renewed}, usable {secret.cache / 3600:g} h while the vault is away"
    for name, peer in settings.peers.items():
        yield f"  peer {name} at {peer.url}, which must prove to be {peer.service}"
    for name, login in settings.logins.items():
        yield f"  people may log in at {login.issuer} ({name})"
    if not settings.logins and "public" in settings.service.listen:
        yield "  people log in at our own authority"
    yield f"  a request may bring {settings.limits.body} bytes, nested {settings.limits.depth} deep"
    yield f"  goes on for {settings.outage:.0f} s without its authority, then refuses"


def _policies_of(policy: PolicySettings) -> str:
    if policy.directory is not None:
        return f"Cedar policies come from the files in {policy.directory}, read again when they change"
    if policy.authority:
        return "Cedar policies come from the authority, signed, and from the disk while it is away"
    shown = f", with the secret {policy.token}" if policy.token else ""
    return f"decisions are asked of {policy.decision_point} (AuthZEN){shown}; no answer in time is a no"


def refuse_hazards(deployment: Deployment) -> None:
    """Raise ``Misconfigured`` when a production authority has any hazard, after showing them all."""
    if found := list(_of_authority(deployment)):
        _show(found, production=True)
        count = f"{len(found)} unsafe {'setting' if len(found) == 1 else 'settings'}"
        raise Misconfigured(f"{count}; the authority was not started", hint="fix each, then start again")


def _of_authority(deployment: Deployment) -> Iterator[Hazard]:
    from ringwall.authority.hazards import hazards
    from ringwall.authority.kept import kept

    yield from hazards(deployment, kept(deployment.home))


def _of_service(settings: Settings) -> Iterator[Hazard]:
    from ringwall.authority.hazards import Hazard

    if settings.development:
        yield Hazard(
            "mode-development", "values are shown in refusals, cookies travel over http", 'mode = "production"'
        )
    if settings.authority is None:
        yield Hazard("authority-unnamed", "the authority is looked for in the directories above", "set [authority]")
    if "public" in settings.service.listen and not settings.service.url:
        yield Hazard(
            "url-missing", "a login could return to any host that a request names", '[service] url = "https://…"'
        )
    if "public" in settings.service.listen and settings.sessions.store == "memory":
        yield Hazard(
            "sessions-in-memory", "a restart logs everybody out, and a second worker knows nobody",
            '[sessions] store = "/var/lib/…/sessions.db"',
        )  # fmt: skip
    if settings.service.state is None:
        yield Hazard(
            "state-beside-code", "keys would lie in the directory of the program", '[service] state = "/var/lib/…"'
        )


def _show(found: list[Hazard], production: bool) -> None:
    if not found:
        click.echo("Nothing here is unsafe in production.")
        return
    click.echo(f"Unsafe in production{'' if production else ', and fine here'}:")
    for hazard in found:
        click.echo(f"  {paint(hazard.id, '33')}: {hazard.reason}\n    fix: {hazard.fix}")
