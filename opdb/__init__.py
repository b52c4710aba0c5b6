"""opdb."""
