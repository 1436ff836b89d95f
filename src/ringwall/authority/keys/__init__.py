"""Signing keys: made, sealed, rotated with overlap, published."""
