"""The pages that people see: login, consent, logout. Server-rendered, no script, strict CSP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from ringwall.authority.pages import authorize, consent, login, logout, page
from ringwall.errors import Unavailable

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority
    from ringwall.authority.people.directory import Directory


def pages(authority: Authority, directory: Directory) -> Starlette:
    """The ASGI application of the pages."""
    app = Starlette(
        routes=[
            Route("/authorize", authorize.endpoint, methods=["GET", "POST"]),
            Route("/login", login.endpoint, methods=["POST"]),
            Route("/consent", consent.endpoint, methods=["POST"]),
            Route("/logout", logout.endpoint, methods=["GET", "POST"]),
            Route("/pages.css", page.stylesheet, methods=["GET"]),
            Route("/", page.front, methods=["GET"]),
        ],
        exception_handlers={
            page.Refused: page.refused,
            Unavailable: page.failed,
            Exception: page.failed,
            404: page.missing,
        },
    )
    app.state.authority, app.state.directory = authority, directory
    return app
