"""What omlint says: findings, reports, outcomes, errors. Plain data, known to every other room.

Nothing here imports anything else of omlint, or works anything out that its own fields do not say.
"""
