"""Allowed values of command arguments, for help and completion."""

from __future__ import annotations

KERNELS = ("cross_entropy", "kl_divergence", "sgd", "momentum", "adam", "adamw", "roc_auc")
WARM = (*KERNELS, "evaluate")
BENCHMARKS = (*WARM, "grid", "start", "gpu")
DTYPES = ("float32", "float64", "bfloat16", "float16")
