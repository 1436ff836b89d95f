"""``ringwall policy list-sql orders:app order:read --as ann``: the WHERE by which a caller's lists are filtered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from ringwall.caller import Caller
    from ringwall.policy.policy import Policy


@click.command("list-sql")
@click.argument("app")
@click.argument("action")
@click.option("--as", "who", metavar="ID", required=True, help="Whose list: a person's id, or a SPIFFE id.")
@click.option("--role", "roles", multiple=True, help="A role that the caller holds; may be repeated.")
@click.option("--claim", "claims", multiple=True, metavar="NAME=VALUE", help="A mapped claim; may be repeated.")
@click.option("--model", metavar="NAME", help="The mapped class; without it, the one that the rules are about.")
@click.option("--dialect", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The statement and its parameters.")
def command(
    app: str,
    action: str,
    who: str,
    roles: tuple[str, ...],
    claims: tuple[str, ...],
    model: str | None,
    dialect: str,
    as_json: bool,
) -> None:
    """Print the SELECT that lists what a caller may do ACTION to, in the service APP (module:attribute)."""
    from importlib import import_module

    from sqlalchemy import select

    from ringwall.cli.application import load
    from ringwall.on.routes import guard_of
    from ringwall.on.sqlalchemy import visible
    from ringwall.policy.authorizer import Authorizer

    policies = guard_of(load(app)).policies
    mapped = _must_be_mapped(_model(app, model) if model else _only_model(policies, action))
    authorizer = Authorizer(policies, [action])
    statement = visible(select(mapped), authorizer, _caller(who, roles, claims), action)
    compiled = statement.compile(dialect=import_module(f"sqlalchemy.dialects.{dialect}").dialect())
    if as_json:
        click.echo(json.dumps({"sql": str(compiled), "parameters": compiled.params}, indent=2, default=str))
        return
    click.echo(str(compiled))
    for name, value in compiled.params.items():
        click.echo(f"  {name} = {value!r}")


def _model(app: str, name: str) -> Any:
    from ringwall.cli.application import load

    return load(name if ":" in name else f"{app.partition(':')[0]}:{name}")


def _only_model(policies: Iterable[Policy], action: str) -> type:
    from ringwall.policy.actions import groups_of, named

    names = {action, *groups_of(action)}
    about = [policy.resource_class for policy in policies if names.intersection(named(policy.action))]
    if not about:
        raise Misconfigured(f"no rule is about {action}", hint="ringwall policy show prints all rules of a service")
    found = {found for found in about if found is not None}
    if len(found) != 1:
        said = " and ".join(sorted(one.__name__ for one in found)) or "no class"
        raise Misconfigured(f"the rules for {action} are about {said}", hint="say which with --model")
    return found.pop()


def _must_be_mapped(model: Any) -> Any:
    from sqlalchemy import inspect
    from sqlalchemy.orm import Mapper

    if isinstance(inspect(model, raiseerr=False), Mapper):
        return model
    raise Misconfigured(
        f"{getattr(model, '__name__', type(model).__name__)} is no class that SQLAlchemy maps",
        hint="name one with --model; on Django, print(guard.visible(Order.objects, …).query) shows the SQL of a list",
    )


def _caller(who: str, roles: tuple[str, ...], claims: tuple[str, ...]) -> Caller:
    from ringwall.caller import Caller

    pairs = [claim.partition("=") for claim in claims]
    for name, equals, _ in pairs:
        if not equals:
            raise Misconfigured(f"--claim {name} has no value", hint=f"--claim {name}=VALUE")
    attributes = {name: value for name, _, value in pairs}
    return Caller(who, "service" if who.startswith("spiffe://") else "person", frozenset(roles), attributes)
