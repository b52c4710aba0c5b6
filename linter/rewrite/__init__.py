"""What applies rewrites: the engine, the unrolling of loops and calls, the cutting into parts.

It chooses and orders changes, and asks the judge whether they help. No rule is written here
(``rules``), and none is defined (``linter.rules``).
"""
