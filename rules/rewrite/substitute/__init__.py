"""Rewrites that put other nodes in the place of some, one rule a file (RWS).

A rule says how near its result is, and why it refuses. What two rules need is in ``support``.
"""
