"""The precisions that benchmarks measure."""

from enum import StrEnum


class Precision(StrEnum):
    """Of the matrix products."""

    FP32 = "fp32"
    BF16 = "bf16"
