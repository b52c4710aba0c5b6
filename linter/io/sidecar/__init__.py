"""What omlint writes beside models, and reads again: one module a format.

The record of rewrites, the manifest of a model in parts, the inputs and outputs of a comparison.
Nothing here decides anything or runs a model.
"""
