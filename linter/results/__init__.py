"""What omlint says: findings, reports, outcomes, errors. Plain data, known to every other room.

Nothing here computes or imports anything else of omlint.
"""
