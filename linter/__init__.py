"""omlint: lint and rewrite TensorFlow frozen graphs for Ascend.

Each package is a room: it imports only the rooms below it, in the order that pyproject.toml holds.
Nothing but the version is defined here.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
