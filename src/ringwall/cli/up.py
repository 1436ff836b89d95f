"""``ringwall up``: start the authority; with ``--example``, the example services as well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from ringwall.authority.deployment import Deployment


@click.command()
@click.option("--example", is_flag=True, help="Also start the example shop: shop, orders and billing.")
@click.option(
    "--directory", type=click.Path(file_okay=False, path_type=Path), help="Where the state lives (default: here)."
)
def command(example: bool, directory: Path | None) -> None:
    """Start the authority of this directory: login page, tokens, certificates, secrets, audit log.

    Without an authority.toml it runs in development: on free ports of this machine, with the people ann, sue and max.
    In production it refuses to start while anything is unsafe; 'ringwall check --production' lists it.
    """
    from ringwall.authority.deployment import read
    from ringwall.cli.example import require_examples

    if example and directory is not None:
        raise Misconfigured("--example has a directory of its own", hint="leave out --directory")
    home = require_examples() if example else directory or Path.cwd()
    deployment = read(home)
    if not deployment.development:
        from ringwall.cli.check import refuse_hazards

        refuse_hazards(deployment)
    with asyncio.Runner(loop_factory=_event_loop()) as runner:
        runner.run(_serve(deployment, example))


def _event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve(deployment: Deployment, example: bool) -> None:
    from ringwall.audit import logs
    from ringwall.authority.running import Running

    logs.install()
    running = await Running.start(deployment)
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    _report_ports(deployment, running.deployment)
    _greet(running.deployment)
    try:
        if example:
            from ringwall.cli.example import Example

            async with Example(deployment.home.parent) as started:
                click.echo(f"\nThe shop is open: {paint(started.url, '1')}")
                await asked.wait()
        else:
            await asked.wait()
    finally:
        await running.stop()


def _report_ports(asked: Deployment, got: Deployment) -> None:
    for wanted, found in ((asked.public, got.public), (asked.internal, got.internal)):
        if wanted[1] != found[1]:
            click.echo(f"Port {wanted[1]} is in use; {found[1]} was free.")


def _greet(deployment: Deployment) -> None:
    from ringwall.authority.clients.development import DEMO
    from ringwall.authority.people import development

    settings = deployment.settings
    click.echo(f"The authority runs at {paint(settings.issuer, '1')}; services reach it at {settings.internal}.")
    if settings.development:
        click.echo(paint("This is development", "33") + ": known passwords, http, open registration of services.")
        width = max(len(person.sub) for person in development.PEOPLE)
        for person in development.PEOPLE:
            roles = ", ".join(person.roles)
            click.echo(f"  {person.sub:<{width}}  password {development.password(person)}  ({roles})")
        click.echo(f"Programs here can use the client {DEMO.id!r}: PKCE, answered at http://127.0.0.1:PORT/callback.")
