"""The stages of atc, one a file; ``judge`` asks them in atc's order.

What a release accepts is in its database, not here: no module names a release or a chip.
"""
