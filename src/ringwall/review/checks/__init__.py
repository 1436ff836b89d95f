"""Every check by its name.

To add one: its file here, its fixtures in ``tests/review/fixtures``, its line below.
"""

from __future__ import annotations

from importlib import import_module

from ringwall.review.check import Check

NAMES = (
    "allowance",
    "autoescape_off",
    "bare_except_in_auth",
    "bearer_scheme_unchecked",
    "cipher_without_nonce",
    "client_says_who",
    "cookie_without_flags",
    "cors_any_origin",
    "debug_on",
    "default_allow",
    "encrypted_type_unauthenticated",
    "error_shown_to_client",
    "eval_of_input",
    "fast_password_hash",
    "guessable_secret",
    "hard_coded_secret",
    "html_from_variable",
    "http_middleware_auth",
    "identity_in_contextvar",
    "inner_html",
    "jwt_algorithm_from_token",
    "jwt_long_lived",
    "jwt_no_audience",
    "jwt_no_expiry",
    "jwt_not_verified",
    "jwt_shared_key",
    "key_without_kdf",
    "login_not_throttled",
    "naive_utcnow",
    "oauth_json_token_request",
    "oauth_lost_verifier",
    "oauth_no_pkce",
    "oauth_no_redirect_uri",
    "oauth_no_state",
    "password_composition",
    "password_unbounded",
    "pii_in_jwt",
    "pkce_not_hashed",
    "plaintext_password",
    "pydantic_v1",
    "python_jose",
    "request_without_timeout",
    "row_returned_whole",
    "secret_in_log",
    "shell_from_text",
    "sql_built_from_text",
    "tls_not_verified",
    "tls_too_old",
    "token_in_cookie_session",
    "token_in_web_storage",
    "unicode_username",
    "unsafe_deserialization",
    "unsealed_column",
)

CHECKS: tuple[Check, ...] = tuple(import_module(f"{__name__}.{name}").check for name in NAMES)
