"""Placement and speed."""
