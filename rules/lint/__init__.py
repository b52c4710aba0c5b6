"""Lint rules, one family a folder, one rule a file.

A lint rule asks the graph, the inference and the judge, and reports. It changes nothing, and names
no release and no chip.
"""
