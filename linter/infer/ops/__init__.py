"""The semantics of the ops, a family a file: dtypes, shapes, and values of small constants."""
