"""What atc and omg accept, by release and chip: omlint on the standard library alone.

The name omlint must stay in this file: a start-up check tells our package from others by it.
Databases and the questions to them; nothing of ``linter`` is imported, and no graph is known.
"""
