"""Constant tensors: how elements are stored, decoded, packed and compared.

Elements come without numpy where that is enough; ``arrays`` is imported when an array is asked for.
Nothing here knows nodes or graphs.
"""
