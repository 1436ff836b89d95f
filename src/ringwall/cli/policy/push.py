"""``ringwall policy push orders policies/``: hand the policies of a service to the authority."""

from __future__ import annotations

from pathlib import Path

import click

from ringwall.cli.operator import Operator
from ringwall.cli.speech import paint
from ringwall.errors import Invalid
from ringwall.printable import printable


@click.command()
@click.argument("name")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, path: Path, as_json: bool) -> None:
    """Make the files of PATH the policy set NAME: a service's name, or default.

    PATH is a directory (*.cedar, one *.cedarschema, *.json entities) or one file. They are read and validated here and
    again by the authority; a set with an error in it changes nothing. Services take a new version up within seconds.
    """
    from ringwall.policy.bundle import read_bundle

    files = texts(path)
    read_bundle(files)
    answer = Operator().post("/policies", {"name": name, "files": files})
    if as_json:
        import json

        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for warning in answer["warnings"]:
        click.echo(f"{paint('warning', '33')}: {printable(warning)}")
    click.echo(f"{name} is now version {answer['version']}: {answer['policies']} policies in {len(files)} files")


def texts(path: Path) -> dict[str, str]:
    """The files of a policy set by their names below ``path``, or the one file that ``path`` is.

    Raises ``Invalid`` when there is none, or one is not text.
    """
    from ringwall.policy.bundle import ENTITIES, POLICIES, SCHEMA

    kinds = (POLICIES, SCHEMA, ENTITIES)
    found = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.suffix in kinds)
    if not found:
        raise Invalid(f"{path} holds no policies", hint=f"their files end in {', '.join(kinds)}")
    read: dict[str, str] = {}
    for file in found:
        try:
            read[str(file.relative_to(path if path.is_dir() else path.parent))] = file.read_bytes().decode()
        except UnicodeDecodeError:
            raise Invalid(f"{file} is not text in UTF-8") from None
        except OSError as error:
            raise Invalid(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from error
    return read
