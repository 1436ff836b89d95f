"""Cedar files of a service: in force from the start, swapped whole when they change, and never by a bad file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ringwall.audit.event import Event
from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.composition.policy_files import PolicyFiles
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.bundle import Bundle, read_bundle

OPEN = '@id("open") permit (principal, action == Action::"order:read", resource);\n'
SHUT = '@id("shut") forbid (principal, action, resource);\n'
SCHEMA = """
entity Person, Order;
action "order:read" appliesTo { principal: [Person], resource: [Order] };
"""
ANN = Caller("ann")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "orders.cedar").write_text(OPEN)
    return tmp_path


def _files(directory: Path, told: list[Event], *, production: bool = False) -> PolicyFiles:
    return PolicyFiles(directory, production=production, told=told.append)


def _allowed(bundle: Bundle) -> bool:
    return bool(Authorizer(bundle.policies.policies, ["order:read"]).decide(ANN, "order:read"))


def test_every_file_below_the_directory_counts(directory: Path) -> None:
    (directory / "more").mkdir()
    (directory / "more" / "shut.cedar").write_text(SHUT)
    (directory / "README.md").write_text("not a policy")
    bundle = _files(directory, []).read()
    assert [policy.id for policy in bundle.policies.policies] == ["shut", "open"]
    assert not _allowed(bundle)


def test_a_policy_without_an_id_is_named_by_its_place(directory: Path) -> None:
    (directory / "orders.cedar").write_text(OPEN + "forbid (principal, action, resource is Parcel);\n")
    assert [policy.id for policy in _files(directory, []).read().policies.policies] == ["open", "orders.cedar#2"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("broken.cedar", "permit (principal, action, resource) when { resource.owner = 1 };", r"broken\.cedar:1"),
        ("twice.cedar", OPEN, "two policies have the id open"),
        ("latin.cedar", b"// \xff\n", r"latin\.cedar: the file is not UTF-8"),
        ("a.json", "{", r"a\.json: not valid JSON"),
        ("a.json", "{}", r"a\.json: the entities are not a list"),
        ("empty.cedar", " \n", r"empty\.cedar: the file is empty"),
        ("huge.cedar", b"/" * ((16 << 20) + 1), "larger than 16 MiB"),
    ],
)
def test_what_is_wrong_at_the_start_ends_it(directory: Path, name: str, text: Any, says: str) -> None:
    (directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Misconfigured, match=says):
        _files(directory, []).read()


def test_everything_that_is_wrong_is_said_at_once(directory: Path) -> None:
    for name in ("a.cedar", "b.cedar"):
        (directory / name).write_text("permit (principal, action);\n")
    with pytest.raises(Misconfigured) as caught:
        _files(directory, []).read()
    assert all(f"{name}:1" in caught.value.render() for name in ("a.cedar", "b.cedar"))


class TestProduction:
    def test_needs_a_schema(self, directory: Path) -> None:
        with pytest.raises(Misconfigured, match="need a schema"):
            _files(directory, [], production=True).read()
        (directory / "orders.cedarschema").write_text(SCHEMA)
        assert _allowed(_files(directory, [], production=True).read())

    def test_policies_must_agree_with_it(self, directory: Path) -> None:
        (directory / "orders.cedarschema").write_text(SCHEMA)
        (directory / "slip.cedar").write_text("permit (principal, action, resource) when { resource.ownr == 1 };\n")
        with pytest.raises(Misconfigured, match=r"slip\.cedar:1.*ownr"):
            _files(directory, [], production=True).read()

    def test_there_is_one_schema(self, directory: Path) -> None:
        for name in ("a.cedarschema", "b.cedarschema"):
            (directory / name).write_text(SCHEMA)
        with pytest.raises(Misconfigured, match="two schemas"):
            _files(directory, []).read()


def _next(files: PolicyFiles) -> Bundle:
    async def first() -> Bundle:
        async for bundle in files.updates():
            return bundle
        raise AssertionError

    return asyncio.run(asyncio.wait_for(first(), 20))


def test_a_change_is_taken_whole(directory: Path) -> None:
    told: list[Event] = []
    files = _files(directory, told)
    before = files.read()
    (directory / "shut.cedar").write_text(SHUT)
    after = _next(files)
    assert (_allowed(before), _allowed(after)) == (True, False)
    assert before.version != after.version
    assert [(event.kind, event.detail["version"]) for event in told] == [("policies.changed", after.version)]


def test_a_bad_change_is_refused_and_said_once(directory: Path, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Event] = []
    files = _files(directory, told)
    files.read()
    (directory / "orders.cedar").write_text("permit (principal, action, resource")
    assert _settled(files) is None
    assert _settled(files) is None
    assert [event.kind for event in told] == ["policies.refused"]
    assert "the ones before them stay" in caplog.text
    (directory / "orders.cedar").write_text(OPEN + SHUT)
    repaired = _settled(files)
    assert repaired is not None
    assert not _allowed(repaired)


def test_a_forbid_cannot_vanish_behind_its_link(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "shut.cedar").write_text(SHUT)
    os.symlink(elsewhere / "shut.cedar", directory / "shut.cedar")
    told: list[Event] = []
    files = _files(directory, told)
    assert not _allowed(files.read())
    (elsewhere / "shut.cedar").unlink()
    assert _settled(files) is None
    assert [event.kind for event in told] == ["policies.refused"]
    (elsewhere / "shut.cedar").write_text(SHUT)
    repaired = _settled(files)
    assert repaired is not None
    assert not _allowed(repaired)


def _link_to_itself(directory: Path) -> None:
    os.symlink("loop.cedar", directory / "loop.cedar")


def _pipe(directory: Path) -> None:
    os.mkfifo(directory / "pipe.cedar")


def _linked_directory(directory: Path) -> None:
    os.symlink("/", directory / "more")


@pytest.mark.parametrize(
    ("put", "says"),
    [(_link_to_itself, "loop.cedar"), (_pipe, r"pipe\.cedar: this is no file"), (_linked_directory, "not followed")],
)
def test_what_cannot_be_read_is_not_passed_over(directory: Path, put: Callable[[Path], None], says: str) -> None:
    told: list[Event] = []
    files = _files(directory, told)
    files.read()
    put(directory)
    assert _settled(files) is None
    assert [event.kind for event in told] == ["policies.refused"]
    with pytest.raises(Misconfigured, match=says):
        _files(directory, []).read()


def test_a_directory_that_may_not_be_listed_is_not_an_empty_one(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "more").mkdir()
    (directory / "more" / "shut.cedar").write_text(SHUT)
    told: list[Event] = []
    files = _files(directory, told)
    assert not _allowed(files.read())

    def closed(path: Path, scandir: Any = os.scandir) -> Any:
        if path.name == "more":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert _settled(files) is None
    assert _settled(files) is None
    assert [event.kind for event in told] == ["policies.refused"]


def test_a_mounted_volume_is_read_once(directory: Path) -> None:
    # As Kubernetes mounts one: a hidden version, a hidden link to it, and a link to each of its files.
    (directory / "orders.cedar").unlink()
    (directory / "..2026").mkdir()
    (directory / "..2026" / "orders.cedar").write_text(OPEN)
    os.symlink("..2026", directory / "..data")
    os.symlink("..data/orders.cedar", directory / "orders.cedar")
    os.symlink("ann@host.1", directory / ".#orders.cedar")  # and an editor is open
    files = _files(directory, [])
    assert _allowed(files.read())
    (directory / "..2027").mkdir()
    (directory / "..2027" / "orders.cedar").write_text(SHUT)
    os.symlink("..2027", directory / "..new")
    (directory / "..new").replace(directory / "..data")
    swapped = _settled(files)
    assert swapped is not None
    assert not _allowed(swapped)


def test_what_is_written_while_it_is_read_is_read_again(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Event] = []
    files = _files(directory, told)
    files.read()
    (directory / "orders.cedar").write_text(SHUT)

    def torn(texts: Mapping[str, str], *, must_have_schema: bool) -> Bundle:
        monkeypatch.undo()
        (directory / "orders.cedar").write_text(SHUT + "\n")
        return read_bundle(dict.fromkeys(texts, OPEN), must_have_schema=must_have_schema)

    monkeypatch.setattr("ringwall.on.composition.policy_files.read_bundle", torn)
    assert _settled(files) is None
    assert told == []
    whole = _settled(files)
    assert whole is not None
    assert not _allowed(whole)


def test_a_directory_that_is_not_there_is_no_empty_policy_set(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no policies"):
        _files(tmp_path / "absent", []).read()
    with pytest.raises(Misconfigured, match="no policies"):
        _files(tmp_path, []).read()


def test_policies_that_vanish_all_at_once_stay_in_force(directory: Path) -> None:
    # A volume that was unmounted, a directory that is being replaced: its forbids must not go with it.
    told: list[Event] = []
    files = _files(directory, told)
    files.read()
    directory.rename(directory.with_name("aside"))
    assert _settled(files) is None
    assert [event.kind for event in told] == ["policies.refused"]


def test_files_that_are_still_being_written_are_not_read(directory: Path) -> None:
    (directory / "shut.cedar").write_text(SHUT)
    files = _files(directory, [])
    files.read()
    (directory / "shut.cedar").write_text("")  # an editor empties the file before it fills it
    assert files._changed() is None
    (directory / "shut.cedar").write_text(SHUT + "\n")
    bundle = _settled(files)
    assert bundle is not None
    assert not _allowed(bundle)


def test_a_file_without_end_is_not_read_to_its_end(directory: Path) -> None:
    with (directory / "huge.cedar").open("wb") as huge:
        huge.truncate(1 << 42)
    with pytest.raises(Misconfigured, match="larger than 16 MiB"):
        _files(directory, []).read()


def _settled(files: PolicyFiles) -> Bundle | None:
    """What a second look at the same files finds."""
    files._changed()
    return files._changed()


def test_a_forbid_that_a_guard_cannot_hear_is_refused(directory: Path) -> None:
    (directory / "slip.cedar").write_text('forbid (principal in Group::"banned", action, resource);\n')
    with pytest.raises(Misconfigured, match=r"slip\.cedar#1 is for principals in Group"):
        _files(directory, []).read()
