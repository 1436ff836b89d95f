"""Bytes from outside turned into objects that may run code."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import argument
from ringwall.review.python import PythonFile

check = Check(
    id="unsafe-deserialization",
    title="deserializer that can run code",
    severity="high",
    cwe=502,
    chapter="Input validation",
    why="These formats can name any function to call while they are read.",
    fix="JSON with a model that validates it; yaml.safe_load for YAML.",
)

_SAFE_LOADERS = ("SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader")


_MODULES = ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "joblib")
_CALLS = [f"{module}.{name}" for module in _MODULES for name in ("load", "loads", "Unpickler")]


@check.calls(*_CALLS, "shelve.open", "jsonpickle.decode", "pandas.read_pickle", "yaml.unsafe_load", "yaml.full_load")
def loaded(call: ast.Call, file: PythonFile) -> Found:
    yield call, f"{file.name(call.func)} runs what the bytes say"


@check.calls("yaml.load", "yaml.load_all")
def yaml(call: ast.Call, file: PythonFile) -> Found:
    loader = argument(call, 1, "Loader")
    if loader is None or not file.name(loader).endswith(_SAFE_LOADERS):
        yield call, "yaml.load without SafeLoader builds any object"
