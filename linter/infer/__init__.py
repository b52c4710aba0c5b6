"""What follows from a graph alone: dtypes, shapes, and values of small constants.

``ops`` is the one home of what an op gives, beside it is the arithmetic of sizes, and ``Inference``
walks a body with both, through loops and calls. Nothing here knows a target, changes a graph or
runs TensorFlow; what does not follow is ``None``.
"""
