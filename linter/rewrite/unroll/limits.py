"""How far loops are carried out."""

__all__ = ["ELEMENT_LIMIT", "NODE_LIMIT", "ROUND_LIMIT"]

NODE_LIMIT = 20_000
"""Most nodes that one change may add."""

ROUND_LIMIT = 2_000
"""Most rounds of one loop."""

ELEMENT_LIMIT = 20_000
"""Longest TensorArray or list that is followed."""
