"""OpenID AuthZEN Authorization API 1.0: the authority as a policy decision point."""
