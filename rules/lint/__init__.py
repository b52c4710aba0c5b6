"""Lint rules, one family a folder."""
