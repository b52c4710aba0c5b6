"""Operator support."""
