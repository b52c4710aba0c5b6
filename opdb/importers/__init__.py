"""Readers of installed toolkits and source trees."""
