"""The Chinese catalogue: a module for each family of rules, and one of fixed words.

Texts only; which of them is shown, and when, is decided elsewhere.
"""
