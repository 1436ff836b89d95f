"""The vault: secrets over Vault's HTTP API."""

from ringwall.authority.vault.door import operator_vault, vault

__all__ = ["operator_vault", "vault"]
