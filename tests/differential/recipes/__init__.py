"""How a small graph around one op is made, one family a file.

A recipe takes a ``Draft`` and writes the op of the case down, mostly as TensorFlow takes it. It
knows no shape rule: what comes out is TensorFlow's business and omlint's.
"""
