"""Carries out loops, branches and calls on symbols, and writes down what remains to be computed."""
