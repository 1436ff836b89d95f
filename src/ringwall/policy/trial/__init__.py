"""Policies put to the test: tables of requests, what of the policies they reach, and what would slip through."""
