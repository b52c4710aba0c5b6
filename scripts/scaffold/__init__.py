"""What ``scripts/new_rule.py`` writes."""
