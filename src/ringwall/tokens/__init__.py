"""Tokens: whom a signed statement speaks for, and whether it still counts."""
