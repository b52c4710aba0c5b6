r"""Graphs as text, one node a line; for tests, rule examples, golden files and people.

::

    # a comment
    name = Op(in1, in2:1, ^ctrl) {attr=value, list=[1, 2]} on "/cpu:0" : float32[2,?,3] = literal
    def fname(x: float32[2], n: int32) -> (out: y:0, ^ctrl):
        y = Relu(x)

Every part after the op is optional. Names that are no plain words are written in double quotes.

* ``: dtype[shape]`` (``[...]`` unknown rank, ``[]`` scalar, ``?`` unknown axis, no brackets: no
  shape) sets the attributes ``dtype`` and ``shape`` of placeholders and ``dtype`` of a Const; on
  other ops it sets ``T``, or else ``dtype`` and ``shape`` as far as the op has them.
* ``= literal`` is the value of a Const: nested lists, or one scalar that fills the shape.
* Literals: numbers, ``true``, ``false``, ``"text"`` (``\xNN`` is a byte), dtypes (``float32``),
  ``shape(1,?,3)``, ``shape(...)``, lists, functions ``@f`` and ``@f{bound=1}``, ``$T`` for an
  attribute of the caller, ``tensor(float32[2], [1, 2])``, ``none`` for an attribute without a
  value, ``...`` for elements that were left out (such text cannot be parsed). An integer where
  the op wants a float is read as one.
* Type and number attributes that follow from the inputs need not be written; ``-T`` in the braces
  says that the node does not have the attribute at all.
"""

from __future__ import annotations

from linter.io.graphtext.dumper import dump, dump_node
from linter.io.graphtext.parser import parse

__all__ = ["dump", "dump_node", "parse"]
