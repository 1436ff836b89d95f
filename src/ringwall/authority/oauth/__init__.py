"""The machine side of the authority: the endpoints of OAuth 2 and OpenID Connect."""
