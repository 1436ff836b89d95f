"""Ringwall on other people's frameworks: one thin face for each."""
