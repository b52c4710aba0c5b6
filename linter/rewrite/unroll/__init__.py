"""Carries out loops, branches and calls on symbols, and writes down what remains to be computed.

What an op gives is asked of ``linter.infer``; what remains goes to the editor of the rule that
asked. No rule is written here.
"""
