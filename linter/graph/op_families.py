"""Families of op types: versions and reference twins of one op that a graph question treats alike.

A set that two modules need is named here, once; a rule that speaks of one op writes its name.
"""

from __future__ import annotations

__all__ = [
    "ADDITIONS",
    "BATCH_MATMULS",
    "CASES",
    "CONTROL_FLOW",
    "CONVOLUTIONS_2D",
    "ENTERS",
    "EXITS",
    "EXTREMUM_REDUCTIONS",
    "FUNCTION_CALLS",
    "FUSED_BATCH_NORMS",
    "IFS",
    "MERGES",
    "NEXT_ITERATIONS",
    "PADS",
    "PLACEHOLDERS",
    "PRINTS_AND_ASSERTIONS",
    "REQUIRED_PLACEHOLDERS",
    "SELECTS",
    "SHAPE_QUERIES",
    "SWITCHES",
    "TABLE_INITIALIZERS",
    "TRANSPOSED_CONVOLUTIONS",
    "UNIFORM_SAMPLES",
    "VARIABLES",
    "WHILES",
]

# Inputs and state.

REQUIRED_PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2"})
"""What a caller must feed."""

PLACEHOLDERS = REQUIRED_PLACEHOLDERS | {"PlaceholderWithDefault"}
"""What a caller may feed by its own name."""

VARIABLES = frozenset({"AutoReloadVariable", "VarHandleOp", "Variable", "VariableV2"})
"""Variables that a checkpoint can hold."""

TABLE_INITIALIZERS = frozenset(
    {"InitializeTable", "InitializeTableV2", "LookupTableImport", "LookupTableImportV2"}
)
"""Nodes that fill a lookup table; the table's readers depend on them without an edge."""

UNIFORM_SAMPLES = frozenset({"RandomUniform", "StatelessRandomUniform", "StatelessRandomUniformV2"})

PRINTS_AND_ASSERTIONS = frozenset({"Assert", "Print", "PrintV2"})
"""Ops that are run for their side effect on a log or on the run itself."""

# Control flow between nodes (v1): branches, and while frames.

SWITCHES = frozenset({"RefSwitch", "Switch"})
MERGES = frozenset({"Merge", "RefMerge"})
ENTERS = frozenset({"Enter", "RefEnter"})
EXITS = frozenset({"Exit", "RefExit"})
NEXT_ITERATIONS = frozenset({"NextIteration", "RefNextIteration"})
"""The producers of back edges: the only cycle that a graph may have runs through one of them."""

CONTROL_FLOW = frozenset({"Enter", "Exit", "Merge", "NextIteration", "Switch"})
"""Those that pass values, not references."""

# Control flow by functions (v2). Names that start with an underscore are TensorFlow's own.

FUNCTION_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
IFS = frozenset({"If", "StatelessIf", "_If"})
CASES = frozenset({"Case", "StatelessCase"})
WHILES = frozenset({"StatelessWhile", "While", "_While"})

# Computation.

SHAPE_QUERIES = frozenset({"Rank", "Shape", "ShapeN", "Size"})
"""Ops that look at the shapes of their inputs only."""

ADDITIONS = frozenset({"Add", "AddV2"})
SELECTS = frozenset({"Select", "SelectV2"})
PADS = frozenset({"Pad", "PadV2"})
EXTREMUM_REDUCTIONS = frozenset({"Max", "Min"})
BATCH_MATMULS = frozenset({"BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"})
FUSED_BATCH_NORMS = frozenset({"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"})
CONVOLUTIONS_2D = frozenset({"Conv2D", "DepthwiseConv2dNative"})
TRANSPOSED_CONVOLUTIONS = frozenset({"Conv2DBackpropInput", "Conv3DBackpropInputV2"})
