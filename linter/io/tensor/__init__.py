"""Constant tensors: their dtypes, how elements are stored, decoded and compared."""
