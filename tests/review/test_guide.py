"""The guide's own samples are the first corpus: every defect that we know in them is found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringwall.review import review

GUIDE = Path(__file__).parents[3] / "shared/guide/security-patterns.txt"

KNOWN = {
    "bare-except-in-auth", "bearer-scheme-unchecked", "default-allow", "hard-coded-secret", "jwt-long-lived",
    "jwt-no-audience", "jwt-shared-key", "key-without-kdf", "login-not-throttled", "naive-utcnow",
    "oauth-json-token-request", "oauth-lost-verifier", "oauth-no-pkce", "oauth-no-redirect-uri", "oauth-no-state",
    "password-composition", "password-unbounded", "pii-in-jwt", "pkce-not-hashed", "pydantic-v1", "row-returned-whole",
    "secret-in-log", "token-in-cookie-session", "token-in-web-storage", "unicode-username", "unsealed-column",
}  # fmt: skip


def test_every_known_defect_of_the_guide_is_found() -> None:
    if not GUIDE.exists():
        assert not os.environ.get("CI"), f"the guide is not at {GUIDE}"
        pytest.skip("the guide is not beside this repository")
    report = review([GUIDE])
    assert report.unread == ()
    assert {finding.check.id for finding in report.findings} == KNOWN
    assert len(report.findings) == 33
