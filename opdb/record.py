"""The records of the operator databases: what the facts say about one op.

Dtypes are lower-case NumPy names (``float32``, ``float64``, ``bfloat16``, ``string`` …) everywhere;
the GE spellings ``float`` and ``double`` exist only in the source facts.
``None`` means that the source says nothing, which is never a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "ArgDef",
    "AttrDef",
    "AttrSpec",
    "Constraint",
    "Engine",
    "Kernel",
    "KnownIssue",
    "OmgConstraint",
    "OmgPattern",
    "OmgRecord",
    "OnnxRecord",
    "OpDef",
    "ParserRecord",
    "Prototype",
    "Source",
    "TensorSpec",
    "Twin",
]


class Engine(StrEnum):
    """The kernel store that lists an op."""

    AICORE = "aicore"
    DSA = "dsa"
    AICPU = "aicpu"
    HOST_CPU = "host_cpu"
    TF_KERNEL = "tf_kernel"


@dataclass(frozen=True, slots=True)
class Source:
    """A document that an evidence id stands for.

    Attributes:
        id: evidence id, unique over all databases.
        title: document title and version.
        where: repository path and commit, or address; never a path on a machine.
    """

    id: str
    title: str
    where: str


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output of a kernel or prototype.

    Attributes:
        name: GE name.
        dtypes: listed dtypes in column order with repeats; ``None`` when the source has no list.
        param: ``required``, ``optional`` or ``dynamic`` (any number of tensors).
        formats: listed formats in column order; ``None`` when not listed.
        value_depend: ``required`` when the input must be a constant, ``optional``, or ``None``.
    """

    name: str
    dtypes: tuple[str, ...] | None
    param: str = "required"
    formats: tuple[str, ...] | None = None
    value_depend: str | None = None


@dataclass(frozen=True, slots=True)
class AttrSpec:
    """One attribute of a kernel or prototype; ``values`` ``None`` means any."""

    name: str
    type: str
    required: bool = False
    default: str | None = None
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ParserRecord:
    """What the TensorFlow parser of one version does with an op type.

    Attributes:
        op: TensorFlow op type.
        ge_op: GE type it becomes.
        origin: ``builtin`` (the parser's own table), ``plugin`` (a registration), ``same-name``
            (accepted because a prototype of that name exists), ``refused`` (listed by the source
            but without what the parser needs: 8.1.RC1 ``ir2tf_only`` and ``no_ir``).
        confidence: class of the source where it has one (8.1.RC1), else ``None``.
        imply: registered kind (``TVM``, ``AI_CPU``, ``GELOCAL``, ``HCCL``), ``None`` unknown.
        scope_fusion_result: the name is a product of scope fusion, not a TensorFlow op.
        deleted_inputs: inputs that the plugin drops: ``input`` (position among the arguments),
            ``kind`` (``attr``: only when the attribute has the value of ``when``; ``always``) and
            ``when`` (``[attribute, value as text]``, empty for ``always``).
        rewritten_by_passes: passes for ops without a kernel.
        expanded: the plugin makes a subgraph around a node of type ``ge_op``, whose tensors are
            not those of the TensorFlow op.
        inferred: the answer was assembled, not read from a registration.
        evidence: evidence ids.
    """

    op: str
    ge_op: str
    origin: str
    confidence: str | None = None
    imply: str | None = None
    scope_fusion_result: bool = False
    deleted_inputs: tuple[Mapping[str, object], ...] = ()
    rewritten_by_passes: tuple[str, ...] = ()
    expanded: bool = False
    inferred: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kernel:
    """One entry of one kernel store for a GE op.

    Attributes:
        ge_op: GE type.
        engine: the store.
        inputs, outputs: tensors; both empty when the entry lists none (20.2), which accepts all.
        attrs: attributes.
        columns: AI Core lists are column-aligned; the others are independent sets.
        dynamic_shape: the kernel takes unknown dims; ``None`` (absent) is read as false.
        dynamic_format: dtypes and formats are chosen in code.
        need_check_support: an operator-specific check runs that is not in the lists.
        precision_reduce: float32 may be lowered; ``None`` absent.
        op_pattern: ``broadcast``, ``reduce``, ``formatAgnostic`` or ``None``.
        file: list it came from (``aicpu_kernel``, ``tf_kernel`` …), empty for AI Core.
        ops_flag: ``OPS_FLAG_OPEN``, ``OPS_FLAG_CLOSE`` or empty.
        version: version of the list (differs from the target's for later lists).
    """

    ge_op: str
    engine: Engine
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    attrs: tuple[AttrSpec, ...] = ()
    columns: bool = False
    dynamic_shape: bool | None = None
    dynamic_format: bool = False
    need_check_support: bool = False
    precision_reduce: bool | None = None
    op_pattern: str | None = None
    file: str = ""
    ops_flag: str = ""
    version: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prototype:
    """An operator prototype (REG_OP): names, kinds and dtypes of its tensors."""

    ge_op: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    attrs: tuple[AttrSpec, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Twin:
    """A listed op that takes the place of another before engines are asked.

    Attributes:
        ge_op: the twin.
        kind: ``const_to_attr`` (the table), ``suffix`` (a plain D twin), ``extra`` (a pass).
        constants: of ``const_to_attr``, the input positions that must be constant; empty when the
            table does not say.
    """

    ge_op: str
    kind: str
    constants: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """An operator limit that the lists do not hold (``constraints.json``).

    Attributes:
        expr: boolean expression over named quantities; true means accepted.
        engine: ``aicore``, ``parser`` or ``ge`` (shape inference).
        consequence: ``error`` or ``falls to aicpu``.
    """

    ge_op: str
    tf_ops: tuple[str, ...]
    text: str
    expr: str
    engine: str
    consequence: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """A public report that overrides the lists for an op."""

    op: str
    status: str
    why: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OmgConstraint:
    """One boundary of an OMG row; ``expr`` ``None`` when it cannot be computed from the graph."""

    text: str
    expr: str | None
    note: str = ""
    severity: str = "limit"


@dataclass(frozen=True, slots=True)
class OmgRecord:
    """One row of an OMG operator table, aliases already followed.

    Attributes:
        op: TensorFlow node type asked for.
        row_op: the type whose limits apply (differs from ``op`` for an alias).
        dtypes: accepted dtypes of the data tensors, ``None`` when the table does not state them.
        mapping: ``printed-name``, ``inferred`` or ``ambiguous``; the last two make it inferred.
        implicit: not in the table but consumed by the tool (Const, Identity).
        issue: a public report that overrides the row.
    """

    op: str
    row_op: str
    dtypes: tuple[str, ...] | None
    constraints: tuple[OmgConstraint, ...] = ()
    mapping: str = "printed-name"
    note: str = ""
    implicit: bool = False
    rows: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()
    issue: KnownIssue | None = None


@dataclass(frozen=True, slots=True)
class OmgPattern:
    """A row about several nodes that the tool takes as one.

    Attributes:
        name: the Python function that makes them, ``l2_normalize``.
        constraints: boundaries; quantities are those of the data that enters.
    """

    name: str
    constraints: tuple[OmgConstraint, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnnxRecord:
    """What the ONNX front end of atc makes of an op.

    Attributes:
        op: ``domain::Type``.
        ge_ops: GE types it becomes.
        opsets: versions of the domain that are registered, ascending.
        subgraph: it expands into several ops.
        inferred: carried over from another release.
    """

    op: str
    ge_ops: tuple[str, ...]
    opsets: tuple[int, ...]
    subgraph: bool = False
    inferred: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArgDef:
    """One argument of a TensorFlow op definition.

    Attributes:
        name: argument name.
        type: fixed dtype, ``None`` when an attribute gives it.
        type_attr: attribute that holds the dtype.
        number_attr: attribute that holds how many tensors the argument stands for.
        type_list_attr: attribute that holds the list of dtypes of a heterogeneous argument.
        is_ref: the tensor is a reference.
    """

    name: str
    type: str | None = None
    type_attr: str | None = None
    number_attr: str | None = None
    type_list_attr: str | None = None
    is_ref: bool = False


@dataclass(frozen=True, slots=True)
class AttrDef:
    """One attribute of a TensorFlow op definition.

    Attributes:
        type: ``type``, ``int``, ``shape``, ``list(int)``, ``string`` … as TensorFlow prints it.
        default: decoded default (dtypes as names, shapes as lists, ``None`` entry unknown).
        has_default: whether there is one.
        allowed: allowed dtypes or strings, ``None`` when unrestricted.
    """

    name: str
    type: str
    default: object = None
    has_default: bool = False
    allowed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OpDef:
    """A TensorFlow op definition, from an installed TensorFlow."""

    name: str
    inputs: tuple[ArgDef, ...]
    outputs: tuple[ArgDef, ...]
    attrs: Mapping[str, AttrDef] = field(default_factory=dict)
    stateful: bool = False
    commutative: bool = False
