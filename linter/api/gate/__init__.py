"""The merge gate: what of a report counts, how much, and whether it passes.

Every part takes a report and gives one: findings weighed, those that are known set apart, and the
outcome beside them. No part judges a model.
"""
