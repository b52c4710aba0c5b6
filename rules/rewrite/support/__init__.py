"""What several rewrites share: arithmetic, layouts, and the building of replacements.

No rule is defined here, and nothing that a single rule needs.
"""
