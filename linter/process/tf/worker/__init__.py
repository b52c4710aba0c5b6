"""``python -m linter.process.tf.worker``: TensorFlow, which answers one JSON line with another.

The only package of omlint that imports TensorFlow; nothing but a process of its own imports it.
"""
