"""How a small graph is made, run by TensorFlow, and compared with what omlint says about it.

Nothing here knows an op by name: that is ``recipes``.
"""
