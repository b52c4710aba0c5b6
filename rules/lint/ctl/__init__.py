"""Control flow and functions."""
