"""Stage 3b: what the operator prototypes' Verify and InferShape refuse.

``refused`` asks the check of an operator's GE type. The checks see a ``GeOperator`` and no graph:
every front end can ask them.
"""

from __future__ import annotations

from linter.judge.atc.inference.operator import Aspect, GeInput, GeOperator, Refused
from linter.judge.atc.inference.registry import CHECKS, refused

__all__ = ["CHECKS", "Aspect", "GeInput", "GeOperator", "Refused", "refused"]
