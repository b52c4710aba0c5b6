"""The rules of omlint: lint rules report, rewrites change the graph.

The name omlint must stay in this file: a start-up check tells our package from others by it.
Only rules, their registry and their sets are here; what a rule is stands in ``linter.rules``.
"""
