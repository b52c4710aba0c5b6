"""A model as pieces: untouched records are copied, the rest is written anew.

A piece is a range of the input or new bytes; ``linter.io.writer`` writes them. No file is opened
here.
"""
