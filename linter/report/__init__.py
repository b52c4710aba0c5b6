"""Results as text, for people or for programs: one format a module.

A report takes plain data of ``linter.results`` and returns text. It decides nothing, opens nothing,
and asks neither judge nor database.
"""
