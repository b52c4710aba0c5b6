"""Cutting a graph: tensors that become inputs, and the part of a model that a device can take."""
