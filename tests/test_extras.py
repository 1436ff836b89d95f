"""An absent extra is one clear line, wherever Ringwall needs it; everybody else's imports are as they were."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ringwall import extras
from ringwall.errors import Misconfigured, MissingExtra

# Stands where the packages are found, and says that they are not there.
WITHOUT = """
import sys
hidden = {hidden!r}
class Without:
    def __init__(self, finder): self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
sys.argv[1:] = {arguments!r}
"""


SHOWN = {"argon2": "argon2-cffi", "z3": "z3-solver"}


def python(code: str, directory: Path, *hidden: str, arguments: tuple[str, ...] = ()) -> tuple[int, str]:
    """The status and the error stream of ``code`` in a process where the packages ``hidden`` are absent."""
    code = WITHOUT.format(hidden=hidden, arguments=list(arguments)) + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=directory, capture_output=True, text=True, timeout=60, check=False,
        env=dict(os.environ),
    )  # fmt: skip
    return done.returncode, done.stderr


def says(extra: str, package: str) -> str:
    return f'{package} is not installed; the extra {extra} brings it: pip install "ringwall[{extra}]"'


@pytest.mark.parametrize(
    ("face", "package", "extra"),
    [
        ("ringwall.on.fastapi", "fastapi", "fastapi"),
        ("ringwall.on.flask", "flask", "flask"),
        ("ringwall.on.starlette", "starlette", "starlette"),
        ("ringwall.on.sqlalchemy", "sqlalchemy", "sqlalchemy"),
        ("ringwall.on.httpx", "httpx2", "http"),
        ("ringwall.on.serve", "uvicorn", "server"),
        ("ringwall.intake.strict", "pydantic", "intake"),
        ("ringwall.policy.comparison.difference", "z3", "diff"),
        ("ringwall.peers.workload_client", "grpclib", "workload"),
        ("ringwall.authority.pages", "jinja2", "authority"),
        ("ringwall.authority.people.password", "argon2", "authority"),
        ("ringwall.authority.listener", "uvicorn", "authority"),
    ],
)
def test_a_face_without_its_package_says_which_extra_brings_it(
    face: str, package: str, extra: str, tmp_path: Path
) -> None:
    status, errors = python(f"import {face}", tmp_path, package)
    shown = SHOWN.get(package, package)
    assert status == 1
    assert errors.splitlines()[-1] == f"ringwall.errors.MissingExtra: {says(extra, shown)}"


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (("--help",), "click", "cli"),
        (("up",), "uvicorn", "authority"),
        (("up",), "jinja2", "authority"),
        (("up",), "argon2", "authority"),
        (("routes", "orders:app"), "flask", "flask"),
        (("run", "orders:app"), "httpx2", "http"),
        (("seal", "status", "orders"), "sqlalchemy", "sqlalchemy"),
        (("policy", "diff", "orders.cedar", "orders.cedar"), "z3", "diff"),
    ],
)
def test_a_verb_without_its_package_is_one_line(
    arguments: tuple[str, ...], package: str, extra: str, tmp_path: Path
) -> None:
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "orders"\n')
    (tmp_path / "orders.cedar").write_text("permit (principal, action, resource);")
    (tmp_path / "orders.py").write_text("from ringwall.on.flask import protect\n")
    (tmp_path / ".ringwall").mkdir()
    (tmp_path / ".ringwall" / "authority.json").write_text(
        '{"issuer": "http://localhost:1", "internal": "https://localhost:1", "workload_socket": "/absent",'
        ' "operator_socket": "/absent", "trust_domain": "ringwall.internal"}'
    )
    status, errors = python("import ringwall.cli; ringwall.cli.main()", tmp_path, package, arguments=arguments)
    shown = SHOWN.get(package, package)
    assert (status, errors) == (2, f"error: {says(extra, shown)}\n")


def test_what_an_extra_needs_itself_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "ringwall.toml").write_text('[service]\nname = "orders"\n')
    status, errors = python("import ringwall.cli; ringwall.cli.main()", tmp_path, "httptools", arguments=("up",))
    assert (status, errors) == (2, f"error: {says('server', 'httptools')}\n")


def test_other_programs_imports_are_left_alone(tmp_path: Path) -> None:
    code = """
    import importlib.util, ringwall.errors
    assert importlib.util.find_spec("flask") is None
    try:
        import flask
    except ModuleNotFoundError as error:
        assert not isinstance(error, ringwall.errors.MissingExtra)
        sys.exit(7)
    """
    assert python(code, tmp_path, "flask") == (7, "")


def test_the_nouns_need_no_extra(tmp_path: Path) -> None:
    code = "from ringwall import Caller, Decision, Rule, Secret, Sealed, Peer"
    assert python(code, tmp_path, *extras.EXTRAS) == (0, "")


def test_the_error_is_an_import_error_and_one_of_ours() -> None:
    error = MissingExtra("flask", package="flask")
    assert isinstance(error, ImportError)
    assert isinstance(error, Misconfigured)
    assert (error.name, error.extra, error.hint) == ("flask", "flask", "")


def test_it_is_installed_once() -> None:
    before = list(sys.meta_path)
    extras.install()
    assert sys.meta_path == before
