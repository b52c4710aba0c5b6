"""The command line: parse, call ``linter.api``, print, exit. No decisions are made here."""
