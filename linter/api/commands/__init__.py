"""What each command does, a module a command; ``linter.api`` is the door to all of them.

A command opens models and databases, calls the rooms below and returns plain data of
``linter.results``. Nothing is printed and no flag is parsed here.
"""
