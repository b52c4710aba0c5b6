r"""Replacements as text: one node a line, with the names of a match in it.

``$x`` is a bound value. What is known of it is written out: ``$x.dtype``, ``$x.shape``,
``$x.value``, ``$x.rank`` and ``$x.axes``, which is 0 to the rank less 1; so is an attribute of its
producer, ``$x.attr.NAME``. In braces ``$x.attrs`` takes over all attributes that the producer has
been given, as far as the op of the line has them. ``root`` names the node that goes.

A line called ``Cast_1`` beside one called ``Cast`` takes the next number of that name that is free
in the graph. The last line is the result; ``-> a, b:1, $x`` names one for each output.
"""

from __future__ import annotations

from linter.rules.replacement.template import Template
from linter.rules.replacement.text import ReplacementError, read_replacement

__all__ = ["ReplacementError", "Template", "read_replacement"]
