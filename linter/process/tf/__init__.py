"""TensorFlow at arm's length: freezing and verification in a process of their own.

``client`` is what the rest of omlint calls; it never imports TensorFlow. ``worker`` is the package
that runs as ``python -m linter.process.tf.worker`` and is the only place that does.
"""
