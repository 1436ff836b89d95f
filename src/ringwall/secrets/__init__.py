"""Secrets from a vault: always the current version, also while the vault is away."""
