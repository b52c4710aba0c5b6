"""Operator support (OPS).

What the target's stages refuse or cannot tell. What a dtype alone decides is of ``dty``.
"""
