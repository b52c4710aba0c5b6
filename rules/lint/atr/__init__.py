"""Attributes and the TensorFlow releases that they come from."""
