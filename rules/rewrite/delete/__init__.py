"""delete."""
