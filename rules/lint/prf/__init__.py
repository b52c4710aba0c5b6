"""Placement and speed (PRF).

What converts, but runs on the wrong unit or twice; nothing here stops a conversion.
"""
