"""Cutting a graph: tensors that become inputs, and the part of a model that a device can take.

It divides graphs and describes the parts. What a target accepts is asked of the judge, and no node
is replaced by others here.
"""
