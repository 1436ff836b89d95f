"""The rules of versioned secrets, against a model that has none of our cleverness."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ringwall.authority.vault import kv
from ringwall.authority.vault.call import Refused
from ringwall.store.kv import Config, Entry

SECOND = 1_000_000


class Versions(RuleBasedStateMachine):
    """The model is a dict from every number that was ever written to what became of it."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = Entry("a")
        self.config = Config()
        self.now = 10 * SECOND
        self.model: dict[int, dict[str, Any]] = {}
        self.gone: set[int] = set()

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(versions=st.integers(0, 12), after=st.sampled_from([-1, 0, 30, 60]))
    def configure(self, versions: int, after: int) -> None:
        self.config = Config(max_versions=versions, delete_after=after)

    @rule()
    def write(self) -> None:
        self.now += 1
        self.entry = kv.written(self.entry, self.config, self.now, "ann")
        number = max([*self.model, *self.gone], default=0) + 1
        self.model[number] = {"until": self._until(), "destroyed": False}
        kept = self.config.max_versions or kv.DEFAULT_VERSIONS
        # What falls out never comes back, also when more may be kept later.
        for old in [n for n in self.model if n <= number - kept]:
            del self.model[old]
            self.gone.add(old)

    @precondition(lambda self: self.model)
    @rule(numbers=st.sets(st.integers(-1, 30), max_size=4))
    def delete(self, numbers: set[int]) -> None:
        self.entry = kv.deleted(self.entry, numbers, self.now)
        for number in numbers & set(self.model):
            held = self.model[number]
            if not held["destroyed"] and (held["until"] is None or held["until"] > self.now):
                held["until"] = self.now

    @precondition(lambda self: self.model)
    @rule(numbers=st.sets(st.integers(-1, 30), max_size=4))
    def undelete(self, numbers: set[int]) -> None:
        self.entry = kv.undeleted(self.entry, self.config, numbers, self.now)
        for number in numbers & set(self.model):
            if not self.model[number]["destroyed"]:
                self.model[number]["until"] = self._until()

    @precondition(lambda self: self.model)
    @rule(numbers=st.sets(st.integers(-1, 30), max_size=4))
    def destroy(self, numbers: set[int]) -> None:
        self.entry = kv.destroyed(self.entry, numbers)
        for number in numbers & set(self.model):
            self.model[number]["destroyed"] = True

    @invariant()
    def the_same_versions_are_readable(self) -> None:
        readable = {n for n, version in self.entry.versions.items() if kv.readable(version, self.now)}
        assert readable == {
            n for n, held in self.model.items()
            if not held["destroyed"] and (held["until"] is None or held["until"] > self.now)
        }  # fmt: skip
        assert set(self.entry.versions) == set(self.model)
        assert self.entry.current == max([*self.model, *self.gone], default=0)

    def _until(self) -> int | None:
        return self.now + self.config.delete_after * SECOND if self.config.delete_after > 0 else None


TestVersions = Versions.TestCase
TestVersions.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ({"b": 2}, {"a": {"x": 1, "y": 2}, "b": 2}),
        ({"a": None}, {}),
        ({"a": {"x": None}}, {"a": {"y": 2}}),
        ({"a": [1]}, {"a": [1]}),
        ({"c": {"d": None, "e": 1}}, {"a": {"x": 1, "y": 2}, "c": {"e": 1}}),
    ],
)
def test_merge_patch_is_rfc_7396(patch: Any, result: Any) -> None:
    assert kv.merged({"a": {"x": 1, "y": 2}}, patch) == result


def test_a_write_is_held_to_the_version_that_was_seen() -> None:
    entry = kv.written(Entry("a"), Config(), 1, "ann")
    kv.check_cas({"cas": 1}, entry, Config())
    for seen in (0, 2, "x", [], 1.5):
        with pytest.raises(Refused):
            kv.check_cas({"cas": seen}, entry, Config())
    with pytest.raises(Refused):
        kv.check_cas({}, entry, Config(cas_required=True))
