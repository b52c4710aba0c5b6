"""omlint: lint and rewrite TensorFlow frozen graphs for Ascend."""

__all__ = ["__version__"]

__version__ = "0.1.0"
