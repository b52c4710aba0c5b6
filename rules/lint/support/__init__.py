"""What several lint rules ask of a graph.

No rule is defined here, and nothing that a single rule needs.
"""
