"""Rewrites that take nodes out and put nothing in their place, one rule a file (RWD).

Every value that an output needs stays. What computes a value in another way is of ``substitute``.
"""
