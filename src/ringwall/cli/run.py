"""``ringwall run orders:app``: a service under uvicorn, with its certificates issued and renewed."""

from __future__ import annotations

import inspect
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from ringwall.on.composition.parts import Composition
    from ringwall.on.serve import Server
    from ringwall.settings import Settings

_PATIENCE = 20.0
_PORT = 8000


@click.command()
@click.argument("app")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    type=int,
    help="The public port; 0 takes a free one (default: 8000; in development, when that is taken, 0).",
)
@click.option("--internal-port", default=0, help="The internal port; 0, the default, takes a free one.")
def command(app: str, host: str, port: int | None, internal_port: int) -> None:
    """Serve APP (module:attribute), ASGI or WSGI, as the service that the ringwall.toml here describes.

    Its public listener is for browsers and tokens; its internal one lets in nobody but services, by certificate.
    """
    from ringwall import config
    from ringwall.cli.application import load, parts
    from ringwall.on.composition.parts import composition

    parts(app)
    settings = config.load(Path.cwd())
    settings.authority_address()  # where none is known, waiting for it would be in vain
    # Before the application is loaded, so that a service that cannot get a certificate starts none of its own code.
    composed = composition(settings)
    _wait_for_identity(composed)
    application = load(app)
    _show_log(settings.service.name)
    server = _server(_as_asgi(application), composed, host, port, internal_port)
    _announce(settings, server, host)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn sends itself the signal anew at its end, and by default that would be before our audit log is written.
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    try:
        server.run()
    finally:
        composed.stop()


def _show_log(service: str) -> None:
    """Show what the service logs, unless it has set up logging by itself."""
    if not logging.root.handlers:
        logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        logging.getLogger(service).setLevel(logging.INFO)


def _as_asgi(app: Any) -> Any:
    from ringwall.on.routes import is_django

    if not hasattr(app, "wsgi_app") and not (is_django(app) and not inspect.iscoroutinefunction(type(app).__call__)):
        return app
    from a2wsgi import WSGIMiddleware

    return WSGIMiddleware(app, workers=16)


def _wait_for_identity(composed: Composition) -> None:
    from ringwall.errors import Unavailable

    composed.identity_snapshot.wait(_PATIENCE)
    try:
        composed.identity()
    except Unavailable as error:
        raise Misconfigured(f"this service has no certificate: {error.message}", hint=error.hint) from error


def _server(app: Any, composed: Composition, host: str, port: int | None, internal_port: int) -> Server:
    from ringwall.on.serve import Server
    from ringwall.peers.check import PeerCheck

    listen = composed.settings.service.listen

    def at(public: int) -> Server:
        return Server(
            app,
            public=(host, public) if "public" in listen else None,
            internal=(host, internal_port) if "internal" in listen else None,
            check=PeerCheck(composed.identity),
        )

    if port is not None or not composed.settings.development:
        return at(_PORT if port is None else port)
    try:
        return at(_PORT)
    except Misconfigured:
        return at(0)  # several services on one machine, and nobody said where


def _announce(settings: Settings, server: Server, host: str) -> None:
    from ringwall.on.composition.whereabouts import announce

    name = settings.service.name
    public = internal = ""
    if server.public is not None:
        # Every service has a host of its own in development, so that no two share cookies.
        shown = f"{name}.localhost" if settings.development and host == "127.0.0.1" else host
        public = f"http://{shown}:{server.public[1]}"
        click.echo(f"{name} listens at {public}")
    if server.internal is not None:
        internal = f"https://{host}:{server.internal[1]}"
        click.echo(f"{name} listens for its peers at {internal}")
    if settings.development:
        announce(settings, public=public, internal=internal)
