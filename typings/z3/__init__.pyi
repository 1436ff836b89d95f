# z3 has no types of its own, and what a checker infers from its code is wrong in places: `a == b` of two terms is a
# formula, and never a bool. For pyright; mypy is told the same in pyproject.toml.
from typing import Any

def __getattr__(name: str) -> Any: ...
