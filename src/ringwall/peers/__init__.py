"""Mutual TLS between services: identities, the certificates that prove them, and the connections that check them."""
