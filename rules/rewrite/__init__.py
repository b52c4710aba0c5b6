"""Rewrites: rules that replace part of a graph, and what several of them share.

``delete`` takes nodes out, ``substitute`` puts others in their place. Rules change a graph through
the editor only, and import no engine.
"""
