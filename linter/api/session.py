"""One model that is open, on one target: what every command works with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from linter.api.assemble import judged_inputs
from linter.api.databases import Databases
from linter.api.opened import Opened, open_model, resolve_shapes
from linter.api.profiles import Profile, profiles_of, sample_shapes
from linter.api.request import Request
from linter.graph import Model, Value
from linter.judge import Judge, make_judge
from linter.judge.atc.fusion import warn_of_passes
from linter.results.errors import UsageError
from linter.results.wording import plural
from opdb.query import Database

__all__ = ["Session", "open_request", "open_session"]


class Session:
    """One model that is open, on one target.

    Attributes:
        request: what was asked.
        opened: the model.
        database: the facts about the target.
        by_default: nobody named the target; this one was taken.
        judge: what answers about the model.
        profiles: the sizes of all inputs under each profile; none when there are no profiles.
    """

    def __init__(
        self,
        request: Request,
        opened: Opened,
        database: Database,
        *,
        by_default: bool = False,
        like: Judge | None = None,
    ) -> None:
        """Make the judge of the model.

        Args:
            request: what was asked.
            opened: the model.
            database: the facts about the target.
            by_default: nobody named the target.
            like: the judge of the same model and request on another target, whose shapes serve
                here too.

        Raises:
            UsageError: an input or output that the model does not have, or profiles that do not
                fit its inputs.
        """
        self.request, self.opened = request, opened
        self.database, self.by_default = database, by_default
        if like is not None:
            self.judge = make_judge(opened.model, database, like.options, like=like)
            self.profiles = self._profiles()
            return
        resolve_shapes(opened.model.main, tuple(request.input_shapes), opened.path)
        self.judge = make_judge(opened.model, database, request.judging(opened.outputs))
        self._refuse_ports()
        self.profiles = self._profiles()

    @property
    def sample_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Sizes of inputs to run the model with, where the user said any."""
        return sample_shapes(self.request.input_shapes, self.profiles, self.request.varying)

    def judge_of(self, model: Model) -> Judge:
        """The judge of another form of the model, on the same target and under the same options."""
        return make_judge(model, self.database, self.judge.options)

    def judge_of_part(self, part: Model, outputs: tuple[Value, ...]) -> Judge:
        """The judge of a part of the model: inputs that it does not have are left out."""
        options = self.judge.options
        shapes = {name: dims for name, dims in options.input_shapes.items() if name in part.main}
        options = replace(options, input_shapes=shapes, outputs=outputs)
        return make_judge(part, self.database, options)

    def _profiles(self) -> tuple[Profile, ...]:
        varying = self.request.varying
        if not varying.profiles:
            return ()
        return profiles_of(varying, judged_inputs(self.judge), self.database)

    def _refuse_ports(self) -> None:
        main = self.opened.model.main
        for value in self.opened.outputs:
            count = self.judge.inference(main).output_count(main[value.node])
            if count is not None and value.port >= count:
                raise UsageError(
                    f"{self.opened.path} has no output {value}: {value.node} has "
                    f"{plural(count, 'output')}"
                )


@contextmanager
def open_request(request: Request, *, lenient: bool = False) -> Iterator[Opened]:
    """Open the model of a request; temporary files last as long as the context.

    Args:
        request: what is asked.
        lenient: an input that is to be set may be missing.

    Raises:
        GraphError: the model cannot be read.
        MissingExtraError: a SavedModel, and TensorFlow is not installed.
        UsageError: an output that the model does not have, or a tensor that cannot be an input.
    """
    with open_model(
        request.path,
        request.outputs,
        request.cut_inputs,
        request.input_shapes,
        request.set_inputs,
        lenient=lenient,
    ) as opened:
        yield opened


@contextmanager
def open_session(request: Request, databases: Databases | None = None) -> Iterator[Session]:
    """Open the one target and the model of a request.

    Args:
        request: what is asked.
        databases: those of the request's targets, where they are open already.

    Raises:
        UnknownNameError: an unknown target.
        GraphError: the model cannot be read.
        MissingExtraError: a SavedModel, and TensorFlow is not installed.
        UsageError: an input or output that the model does not have.
    """
    databases = databases or Databases(request.targets, request.store)
    warn_of_passes(databases.opened, request.scope_passes)
    with open_request(request) as opened:
        yield Session(request, opened, databases.opened[0], by_default=databases.by_default)
