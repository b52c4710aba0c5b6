"""What several rewrites share: arithmetic, layouts, and the building of replacements."""
