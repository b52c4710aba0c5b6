"""Dtypes (DTY).

What a dtype costs, or who refuses it; an op that no dtype would save is of ``ops``.
"""
