"""The rewrites that turn arithmetic into other arithmetic, in the order of their ids."""

from __future__ import annotations

from linter.rules import RewriteRule
from rules.rewrite.substitute.approximate_equal import ApproximateEqual
from rules.rewrite.substitute.bias_sum import BiasSum
from rules.rewrite.substitute.constant_power import ConstantPower
from rules.rewrite.substitute.cross_entropy import CrossEntropy
from rules.rewrite.substitute.cross_product import CrossProduct
from rules.rewrite.substitute.direction_angle import DirectionAngle
from rules.rewrite.substitute.einsum import Einsum
from rules.rewrite.substitute.error_function import ErrorFunction
from rules.rewrite.substitute.euclidean_norm import EuclideanNorm
from rules.rewrite.substitute.half_angle import HalfAngle
from rules.rewrite.substitute.half_arithmetic import HalfArithmetic
from rules.rewrite.substitute.integer_magnitude import IntegerMagnitude
from rules.rewrite.substitute.is_inf import IsInf
from rules.rewrite.substitute.long_integers import LongIntegers
from rules.rewrite.substitute.masked_accumulation import MaskedAccumulation
from rules.rewrite.substitute.matrix_each import MatrixEach
from rules.rewrite.substitute.product_by_sum import ProductBySum
from rules.rewrite.substitute.product_version import ProductVersion
from rules.rewrite.substitute.reversed_comparison import ReversedComparison
from rules.rewrite.substitute.small_integers import SmallIntegers
from rules.rewrite.substitute.synonym import Synonym
from rules.rewrite.substitute.triangular_product import TriangularProduct
from rules.rewrite.substitute.truncated_quotient import TruncatedQuotient
from rules.rewrite.substitute.truncated_remainder import TruncatedRemainder
from rules.rewrite.substitute.zero_factor import ZeroFactor

__all__ = ["ARITHMETIC_RULES"]

ARITHMETIC_RULES: tuple[type[RewriteRule], ...] = (
    ErrorFunction,
    HalfAngle,
    DirectionAngle,
    ConstantPower,
    Synonym,
    BiasSum,
    ProductVersion,
    ReversedComparison,
    ApproximateEqual,
    TruncatedQuotient,
    TruncatedRemainder,
    ZeroFactor,
    EuclideanNorm,
    IsInf,
    ProductBySum,
    MatrixEach,
    TriangularProduct,
    MaskedAccumulation,
    CrossProduct,
    Einsum,
    HalfArithmetic,
    SmallIntegers,
    IntegerMagnitude,
    LongIntegers,
    CrossEntropy,
)
