"""Which extra brings which optional package, and the one line that says so where a package is absent.

Importing ``ringwall`` puts :class:`MissingExtraFinder` at the end of ``sys.meta_path``. It is asked only about modules
that nobody found, and speaks up only for imports that stand in Ringwall's own files.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    from ringwall.errors import MissingExtra

EXTRAS = {
    "a2wsgi": "server",
    "argon2": "authority",
    "click": "cli",
    "django": "django",
    "fastapi": "fastapi",
    "flask": "flask",
    "google": "workload",
    "grpclib": "workload",
    "httptools": "server",
    "httpx2": "http",
    "jinja2": "authority",
    "pydantic": "intake",
    "sqlalchemy": "sqlalchemy",
    "starlette": "starlette",
    "uvicorn": "server",
    "werkzeug": "flask",
    "z3": "diff",
}
"""The extra of each package, by the name under which it is imported."""

_DISTRIBUTIONS = {"argon2": "argon2-cffi", "google": "protobuf", "z3": "z3-solver"}


class MissingExtraFinder:
    """Finds nothing, ever. Raises ``MissingExtra``, an ``ImportError``, where Ringwall imports what is absent."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """Asked after every other finder (PEP 451)."""
        if name.partition(".")[0] in EXTRAS:
            importer = _importer(sys._getframe(1))
            if importer.startswith("ringwall.") and (error := missing(name, importer)) is not None:
                raise error


def missing(name: str, importer: str = "") -> MissingExtra | None:
    """The error for the module ``name`` that ``importer`` lacks; ``None`` when no extra brings it."""
    from ringwall.errors import MissingExtra

    package = name.partition(".")[0]
    if package not in EXTRAS:
        return None
    # The authority needs more than one of them: its own extra brings all at once.
    extra = "authority" if importer.startswith("ringwall.authority") else EXTRAS[package]
    return MissingExtra(extra, package=_DISTRIBUTIONS.get(package, package))


def install() -> None:
    """Put the finder last, once."""
    if MissingExtraFinder not in sys.meta_path:
        sys.meta_path.append(MissingExtraFinder)


def _importer(frame: FrameType | None) -> str:
    """The name of the module in which the import statement stands."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith("importlib") and not name.startswith("_frozen_importlib"):
            return name
        frame = frame.f_back
    return ""
