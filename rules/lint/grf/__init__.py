"""Graph integrity (GRF).

What makes a graph malformed on every target: names, edges, cycles. No rule here asks the judge.
"""
