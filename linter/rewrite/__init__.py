"""What applies rewrites: the engine, the unrolling of loops and calls, the cutting into parts.

No rule is written here (``rules``), and none is defined (``linter.rules``).
"""
