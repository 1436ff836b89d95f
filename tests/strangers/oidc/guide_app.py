"""A login as a guide to microservice security shows it (Flask and requests-oauthlib), with its mistakes repaired.

PKCE with S256, one state for each login, an exact redirect URI, the issuer of the answer compared (RFC 9207), and the
tokens kept on this side. It knows of us only the issuer and the client id.
"""

from __future__ import annotations

import secrets
from typing import Any

import requests
from flask import Flask, Response, abort, redirect, request, session
from requests_oauthlib import OAuth2Session

CALLBACK = "http://127.0.0.1:51235/callback"


def create_app(issuer: str, client_id: str) -> Flask:
    app = Flask(__name__)
    app.secret_key = secrets.token_bytes(32)
    with requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5) as answer:
        provider = answer.json()
    begun: dict[str, str] = {}
    users: dict[str, dict[str, Any]] = {}

    def client(**more: Any) -> OAuth2Session:
        made = OAuth2Session(client_id, redirect_uri=CALLBACK, scope=["openid", "profile"], pkce="S256", **more)
        made.trust_env = False
        return made

    @app.get("/login")
    def login() -> Any:
        oauth = client()
        url, state = oauth.authorization_url(provider["authorization_endpoint"])
        begun[state] = oauth._code_verifier
        session["state"] = state
        return redirect(url)

    @app.get("/callback")
    def callback() -> Any:
        state = session.pop("state", None)
        if state is None or request.args.get("state") != state or request.args.get("iss") != issuer:
            abort(403)
        with client(state=state) as oauth:
            oauth._code_verifier = begun.pop(state)
            oauth.fetch_token(
                provider["token_endpoint"],
                code=request.args["code"],
                include_client_id=True,
                code_verifier=oauth._code_verifier,
                timeout=5,
            )
            user = oauth.get(provider["userinfo_endpoint"], timeout=5).json()
        session["user"] = key = secrets.token_urlsafe(32)
        users[key] = user
        return redirect("/me")

    @app.get("/me")
    def me() -> Any:
        return users.get(session.get("user", "")) or Response(status=401)

    return app
