"""Sizes of inputs that vary: ranges, and the profiles that atc compiles a model for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["BATCH", "DIMS", "FIXED", "IMAGE", "KINDS", "VaryingSizes"]

BATCH, IMAGE, DIMS = "dynamic_batch_size", "dynamic_image_size", "dynamic_dims"

KINDS = (BATCH, IMAGE, DIMS)
"""The flags of atc that name profiles; one of them at a time."""


@dataclass(frozen=True, slots=True)
class VaryingSizes:
    """What the user said about sizes that are not fixed.

    Attributes:
        kind: the flag of atc that names the profiles; empty when there are none.
        profiles: sizes that take the places of -1, one group for each way to run the model.
        written: sizes of the inputs with a -1 or a range ``a~b`` among them, as they were typed.
        layout: layout of the inputs, which says where height and width are.
    """

    kind: str = ""
    profiles: tuple[tuple[int, ...], ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    layout: str = "NHWC"

    @property
    def option(self) -> str:
        """The flag of omlint that names the profiles."""
        return f"--{self.kind.replace('_', '-')}"

    @property
    def text(self) -> str:
        """The profiles as both command lines write them.

        >>> VaryingSizes(BATCH, ((1,), (4,))).text
        '1,4'
        >>> VaryingSizes(IMAGE, ((32, 32), (64, 64))).text
        '32,32;64,64'
        """
        groups = [",".join(map(str, group)) for group in self.profiles]
        return ("," if self.kind == BATCH else ";").join(groups)


FIXED = VaryingSizes()
"""Nothing varies."""
