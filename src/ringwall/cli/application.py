"""Loading the application that a verb is about: ``module:attribute``, from the current directory."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from ringwall.errors import Misconfigured, RingwallError


def load(name: str) -> Any:
    """The object that ``name`` (``module:attribute``) means. Raises ``Misconfigured`` when there is none."""
    module, attribute = parts(name)
    loaded = load_module(module)
    if (found := getattr(loaded, attribute, None)) is None:
        near = difflib.get_close_matches(attribute, vars(loaded), n=1)
        raise Misconfigured(
            f"module {module!r} has no {attribute!r}", hint=f"did you mean {module}:{near[0]}?" if near else ""
        )
    return found


def parts(name: str) -> tuple[str, str]:
    """Module and attribute. Raises ``Misconfigured`` when ``name`` does not say both."""
    module, _, attribute = name.partition(":")
    if not (module and attribute):
        raise Misconfigured(f"{name!r} names no application", hint="write module:attribute, such as orders:app")
    return module, attribute


def names_application(place: str) -> bool:
    """Whether a place that a verb was given is an application (``module:attribute``), and no path."""
    return ":" in place and not Path(place).exists()


def load_module(name: str) -> Any:
    """The module ``name`` of the current directory. Raises ``Misconfigured`` when it cannot be loaded."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except RingwallError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise Misconfigured(f"there is no module {name!r} in {here}", hint=_nearby(name)) from None
        raise _failed(name, error, "install it in this environment") from error
    except Exception as error:
        raise _failed(name, error, f"python -c 'import {name}' shows the whole traceback") from error


def _nearby(name: str) -> str:
    near = difflib.get_close_matches(name, [file.stem for file in Path.cwd().glob("*.py")], n=1)
    return f"did you mean {near[0]}?" if near else "run this in the directory of the service"


def _failed(name: str, error: Exception, hint: str) -> Misconfigured:
    """What the module's own code raised, and the last line of the program, not of a library, that stood in its way."""
    here = Path.cwd()
    where = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).is_relative_to(here) and "site-packages" not in frame.filename:
            where = f"{Path(frame.filename).relative_to(here)}:{frame.lineno}"
    if isinstance(error, SyntaxError) and error.filename is not None:
        where = f"{os.path.relpath(error.filename, here)}:{error.lineno}"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    said = f"{type(error).__name__}: {text}".splitlines()[0]
    return Misconfigured(f"module {name!r} cannot be loaded: {said}", hint=hint, where=where)
