"""Graph integrity."""
