"""Inputs and outputs (IOX).

What a model takes and gives, and what of it belongs to the host; the inside of the model is not
looked at for its own sake.
"""
