"""Control flow and functions (CTL).

Loops, branches, frames and the function library; what an op inside them computes is of ``ops``.
"""
