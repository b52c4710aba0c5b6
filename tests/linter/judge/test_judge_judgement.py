"""The answer about one node."""

from __future__ import annotations

import pytest

from linter.judge import Judgement, Placement, Stage, Status
from linter.results.finding import Certainty
from linter.results.judgement import Reason


@pytest.mark.parametrize("stage", list(Stage))
def test_only_what_is_unsupported_is_refused_by_a_stage(stage):
    refused = [
        Judgement(status, Placement.NONE, Certainty.DOCUMENTED, stage, Reason.LISTED).refused_by
        for status in (Status.UNSUPPORTED, Status.UNKNOWN, Status.SUPPORTED)
    ]
    assert refused == [stage, None, None]
