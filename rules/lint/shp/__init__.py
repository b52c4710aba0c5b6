"""Shapes (SHP).

Sizes that contradict each other, are not known, or that a target has no place for.
"""
