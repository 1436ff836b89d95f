"""``kill -9`` while grants are being acknowledged: every one that was is there afterwards, and the chain holds."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from ringwall.audit import chain

PROGRAM = Path(__file__).with_name("serve.py")
SOURCE = Path(__file__).parents[2] / "src"
ROUNDS, GRANTS, CLIENTS = 3, 400, 8


def start(home: Path) -> tuple[subprocess.Popen[bytes], int]:
    note = home / "authority.json"
    note.unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    process = subprocess.Popen([sys.executable, PROGRAM, home], env=environment, stderr=subprocess.PIPE)
    for _ in range(600):
        if note.exists():
            return process, int(json.loads(note.read_text())["issuer"].rsplit(":", 1)[1])
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)
    raise AssertionError("the authority did not start")


def ask(connection: http.client.HTTPConnection) -> tuple[int, dict[str, str]]:
    headers = {"authorization": "Basic am9iOnMzY3JldA==", "content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/token", "grant_type=client_credentials", headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def jti(token: str) -> str:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["jti"]


def drive(port: int, enough: threading.Event) -> list[str]:
    acknowledged: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            while True:
                status, body = ask(connection)
                assert status == 200
                acknowledged.append(jti(body["access_token"]))
                if len(acknowledged) >= GRANTS:
                    enough.set()
        except (OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    threading.Thread(target=lambda: [thread.join() for thread in threads] and enough.set()).start()
    enough.wait(60)
    return acknowledged


def test_kill_nine_loses_nothing_that_was_acknowledged(tmp_path: Path):
    home = tmp_path / "home"
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        process, port = start(home)
        enough = threading.Event()
        mine = drive(port, enough)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        time.sleep(0.1)  # the clients see their connections end
        acknowledged += mine
    assert len(acknowledged) >= ROUNDS * GRANTS
    database = sqlite3.connect(home / "authority.db")
    rows = database.execute("select seq, body, hash from audit order by seq").fetchall()
    assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    database.close()
    assert chain.verify(rows)[0] == len(rows)
    written = [json.loads(body)["detail"].get("jti") for _, body, _ in rows]
    assert set(acknowledged) <= set(written)
    assert len(set(acknowledged)) == len(acknowledged)


def redeem(port: int, **form: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/token", urlencode({"client_id": "app", **form}), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_kill_nine_lets_nothing_be_spent_twice(tmp_path: Path):
    home = tmp_path / "home"
    process, port = start(home)
    codes = json.loads((home / "codes.json").read_text())
    code_form = {
        "grant_type": "authorization_code",
        "redirect_uri": "http://app.localhost/callback",
        "code_verifier": "v" * 43,
    }
    refresh_of: dict[str, str] = {}

    def client(mine: list[str]) -> None:
        try:
            for code in mine:
                status, body = redeem(port, code=code, **code_form)
                assert status == 200
                refresh_of[code] = body["refresh_token"]
        except (OSError, http.client.HTTPException, ValueError):
            pass

    threads = [threading.Thread(target=client, args=(codes[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(refresh_of) < 100 and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    for thread in threads:
        thread.join()
    assert 100 <= len(refresh_of) < len(codes)

    process, port = start(home)
    for number, (code, token) in enumerate(refresh_of.items()):
        if number % 2:
            assert redeem(port, grant_type="refresh_token", refresh_token=token)[0] == 200  # what it gave is there
        assert redeem(port, code=code, **code_form)[1]["error"] == "invalid_grant"  # and it is spent
    process.terminate()
    process.communicate(timeout=10)


def test_a_clean_stop_says_nothing_and_exits_zero(tmp_path: Path):
    home = tmp_path / "home"
    process, port = start(home)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    assert ask(connection)[0] == 200
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=10)
    connection.close()
    assert (process.returncode, errors) == (0, b"")
    assert not (home / "operator.sock").exists()


def test_a_second_authority_in_the_same_directory_gets_one_clear_error(tmp_path: Path):
    home = tmp_path / "home"
    process, _ = start(home)
    second = subprocess.run(
        [sys.executable, PROGRAM, home], env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, check=False
    )
    process.terminate()
    process.communicate(timeout=10)
    assert second.returncode != 0
    assert f"in use by process {process.pid}".encode() in second.stderr
