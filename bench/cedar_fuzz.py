"""Random worlds and policies asked of our engine and of both of Cedar's own: a long run, for the figure.

One evaluation is one policy asked one request, its outcome held against another engine's: cedarpy's, from text or, with
templates and links in every other case, from JSON; cedar-wasm's; and ours again, from the JSON that Cedar makes of the
text. It stops at the first difference, and prints the seed that makes it.

Run: ``python -m bench.cedar_fuzz 1_000_000 [first seed]``. It needs the node modules that the tests install.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.policy.evaluation.engines import (
    Wasm,
    cedarpy_s,
    cedarpy_s_by_json,
    ours,
    ours_by_json,
    reread,
    walked,
    wasm_s,
)
from tests.policy.random_cedar import RandomCedar

STRANGE = (0.0, 0.03, 0.06, 0.15, 0.4)
ROOT = Path(__file__).parents[1]


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    ask, counted, start = wasm(), Counter[str](), time.monotonic()
    while min(counted["cedarpy"], counted["cedar-wasm"]) < wanted:
        counted += compared(seed, ask, templates=seed % 2 == 1, in_wasm=counted["cedar-wasm"] < wanted)
        seed += 1
        if seed % 1_000 == 0:
            print(f"{time.monotonic() - start:7.0f} s, seed {seed}: {shown(counted)}", flush=True)
    print(f"0 differences in {shown(counted)}; seeds up to {seed}")


def compared(seed: int, ask: Wasm, *, templates: bool, in_wasm: bool) -> Counter[str]:
    """Ask one case, and count what was compared. Exits where two engines differ."""
    case = RandomCedar(seed, STRANGE[seed % len(STRANGE)], longest=2**53 if in_wasm else 2**63).case(slots=templates)
    policies = reread(case)
    answers = {"ours": ours(policies, case), "walked": walked(policies, case)}
    answers["ours from Cedar's JSON"] = ours_by_json(policies, case)
    answers["cedarpy"] = (cedarpy_s_by_json if templates else cedarpy_s)(policies, case)
    if in_wasm:
        answers["cedar-wasm"] = wasm_s(ask, policies, case)
    if wrong := [name for name, answer in answers.items() if answer != answers["ours"]]:
        sys.exit(f"seed {seed}: {', '.join(wrong)} differ")
    evaluations = len(policies.policies) * len(case.requests)
    errors = sum(len(answer.errors) for answer in answers["ours"])
    allowed = sum(answer.allowed for answer in answers["ours"])
    return Counter(dict.fromkeys(answers, evaluations) | {"errors": errors, "allowed": allowed})


def wasm() -> Wasm:
    """cedar-wasm under node, as in ``tests/policy/conftest.py``."""
    lock = (ROOT / "tests/strangers/node/package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ringwall-tests"
    home = cache / f"node-{sha256(lock).hexdigest()[:16]}"
    program = ROOT / "tests/policy/cedar_wasm.mjs"
    node = subprocess.Popen(
        ["node", "--input-type=module", "--eval", program.read_text(encoding="utf-8")],
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert node.stdin is not None
    assert node.stdout is not None
    put, got = node.stdin, node.stdout

    def ask(name: str, *given: Any) -> Any:
        put.write(json.dumps([name, *given]) + "\n")
        put.flush()
        return json.loads(got.readline())

    return ask


def shown(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counted.items())


if __name__ == "__main__":
    main()
