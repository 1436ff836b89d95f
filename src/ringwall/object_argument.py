"""The object that an ``on=`` mark decides about."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from ringwall.current import Visit
    from ringwall.marks import Mark


class ObjectArgument:
    """Finds the object of an ``on=`` mark among a handler's arguments, or loads it and hands it in.

    ``signature`` is what a framework has to pass in instead of the handler's own, or ``None`` when that is the same.
    Raises ``Misconfigured`` when it is not clear which parameter takes the object.
    """

    def __init__(self, mark: Mark, view: Any) -> None:
        self._mark = mark
        self.signature: inspect.Signature | None = None
        self._needs: tuple[str, ...] = ()
        if isinstance(mark.on, str):
            self._name = mark.on
            if mark.on not in inspect.signature(view).parameters:
                raise Misconfigured(
                    f"{view.__qualname__} has no parameter {mark.on!r}",
                    hint="on= names the object's parameter",
                )
        else:
            assert mark.on is not None
            loader = _signature(mark.on)
            self._needs = tuple(loader.parameters)
            self._name = _receiver(view, loader)
            self.signature = _without(_signature(view), self._name, loader)
        self._passed_on = frozenset(inspect.signature(view).parameters)

    def hand_in_loaded(self, visit: Visit, kwargs: dict[str, Any]) -> bool:
        """Hand in the object that the gate has loaded and decided about, once; false when there is none."""
        loaded, visit.loaded = visit.loaded, None
        if loaded is None or loaded[0] is not self._mark:
            return False
        self._hand_in(loaded[1], visit, kwargs)
        return True

    def sync(self, visit: Visit, kwargs: dict[str, Any]) -> Any:
        """The object, for a handler that does not wait. Raises :class:`~ringwall.refusal.Refusal`."""
        found = self._find(visit, kwargs)
        if inspect.isawaitable(found):
            close = getattr(found, "close", lambda: None)
            close()
            raise Misconfigured(f"the loader of {self._mark.action} is async and its handler is not")
        return self._hand_in(found, visit, kwargs)

    async def wait(self, visit: Visit, kwargs: dict[str, Any]) -> Any:
        """The same for a handler on the event loop, whose loader may be async."""
        found = self._find(visit, kwargs)
        if inspect.isawaitable(found):
            try:
                found = await found
            except Exception as error:
                visit.guard.not_found(visit, self._mark, error)
                raise
        return self._hand_in(found, visit, kwargs)

    def _find(self, visit: Visit, kwargs: Mapping[str, Any]) -> Any:
        visit.guard.expect(visit, self._mark)
        if isinstance(self._mark.on, str) or self._mark.on is None:
            return kwargs.get(self._name)
        given = {**visit.arguments, **kwargs}
        try:
            return self._mark.on(**{name: given[name] for name in self._needs if name in given})
        except Exception as error:
            visit.guard.not_found(visit, self._mark, error)
            raise

    def _hand_in(self, found: Any, visit: Visit, kwargs: dict[str, Any]) -> Any:
        if found is None:
            visit.guard.not_found(visit, self._mark, LookupError("the loader found nothing"))
        if not isinstance(self._mark.on, str):
            for name in self._needs:
                if name not in self._passed_on:
                    kwargs.pop(name, None)
            kwargs[self._name] = found
        return found


def _receiver(view: Any, loader: inspect.Signature) -> str:
    """The parameter of ``view`` that takes what ``loader`` returns: the only one left, else the one of its type."""
    own = _signature(view).parameters
    left = [name for name in own if name not in loader.parameters and name not in ("self", "request")]
    returned = loader.return_annotation
    typed = [name for name in left if returned is not inspect.Signature.empty and own[name].annotation == returned]
    for names in (left, typed):
        if len(names) == 1:
            return str(names[0])
    raise Misconfigured(
        f"it is not clear which parameter of {view.__qualname__} takes the loaded object",
        hint="annotate that parameter, and the loader's return, with the same type",
    )


def _without(view: inspect.Signature, name: str, loader: inspect.Signature) -> inspect.Signature:
    """What a framework must pass in: the view's parameters but the object, and the loader's own."""
    kept = [parameter for parameter in view.parameters.values() if parameter.name != name]
    added = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in loader.parameters.values()
        if parameter.name not in view.parameters
    ]
    # A parameter that takes all other keywords comes last.
    rest = [parameter for parameter in kept if parameter.kind is inspect.Parameter.VAR_KEYWORD]
    return view.replace(parameters=[*(parameter for parameter in kept if parameter not in rest), *added, *rest])


def _signature(function: Any) -> inspect.Signature:
    try:
        return inspect.signature(function, eval_str=True)
    except Exception:  # noqa: BLE001 - an annotation that names what is imported for type checkers only
        return inspect.signature(function)
