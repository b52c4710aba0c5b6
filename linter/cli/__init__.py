"""The command line: flags in, text and an exit code out.

One command a file; each parses, calls ``linter.api`` and prints what ``linter.report`` makes of the
answer. No decision is made here, and nothing below the interface is imported.
"""
