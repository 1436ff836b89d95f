"""Policies that nobody wrote in Cedar: Python functions, roles, services and marks."""
