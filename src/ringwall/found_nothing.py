"""Whether an exception says "there is no such thing", rather than that something broke."""

from __future__ import annotations

import sys


def found_nothing(error: BaseException) -> bool:
    """A ``LookupError``, or what the libraries that load objects raise for an object that is not there."""
    if isinstance(error, LookupError):
        return True
    sayings = (
        ("sqlalchemy.exc", "NoResultFound"),
        ("django.core.exceptions", "ObjectDoesNotExist"),
        ("django.http", "Http404"),
    )
    modules = ((sys.modules.get(module), name) for module, name in sayings)
    return any(module is not None and isinstance(error, getattr(module, name)) for module, name in modules)
