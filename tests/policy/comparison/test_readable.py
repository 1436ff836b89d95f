"""Invented texts become words where the request stays a counterexample; everything else is left as it is."""

from __future__ import annotations

from ringwall.policy.comparison.readable import readable
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.record import Record

ANN, READ, DOC = EntityUid("User", "!9!"), EntityUid("Action", "read"), EntityUid("Doc", "1")
TEAM = EntityUid("Team", "a")


def _asked(first: str, second: str, third: str) -> tuple[Request, Entities]:
    context = Record({"text": first, "number": 1, "same": Record({"again": first}), "named": "eu", "who": ANN})
    ann = Entity(ANN, {"labels": CedarSet([second, "eu", 2]), "yes": True}, [TEAM], {third: second, "eu": first})
    return Request(ANN, READ, DOC, context), Entities([ann, Entity(TEAM)])


ASKED = _asked("!0!", "!1!", "!2!")


def test_each_invented_text_becomes_a_word_everywhere() -> None:
    assert readable(ASKED, frozenset({"eu"}), lambda _: True) == _asked("other", "other 3", "other 2")


def test_it_stays_as_it_was_found_where_words_would_change_the_answer() -> None:
    assert readable(ASKED, frozenset({"eu"}), lambda _: False) is ASKED


def test_a_request_without_invented_texts_is_not_asked_again() -> None:
    def asked_again(_: object) -> bool:
        raise AssertionError

    assert readable(ASKED, frozenset({"eu", "!0!", "!1!", "!2!"}), asked_again) is ASKED
