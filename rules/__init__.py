"""The rules of omlint: lint rules report, rewrites change the graph."""
