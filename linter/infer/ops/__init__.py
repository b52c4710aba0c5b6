"""The semantics of the ops, a family a file: dtypes, shapes, and values of small constants.

A module maps op types to functions of one node as its ``View`` shows it. No module here walks a
graph, or keeps anything from one node to the next.
"""
