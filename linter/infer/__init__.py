"""Dtypes, shapes and elements before a model runs: what ops give, and the arithmetic of sizes."""
