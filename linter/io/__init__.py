"""Files that hold a graph: reading, writing, and text for people.

From bytes to a ``Model`` and back, byte for byte where nothing was edited. Nothing is judged or
rewritten here, and ``messages`` alone imports protobuf.
"""
