"""Benchmarks of byhand and of other libraries, in the same process and the same run.

``python -m benchmarks`` runs all, ``python -m benchmarks --quick`` small sizes in less than a minute, and
``python -m benchmarks --only adamw/gpt2`` the rows with this name. A system is a file here, for a formula or a group of
them; it declares rows (:class:`benchmarks._row.Row`). :mod:`benchmarks._harness` measures times,
:mod:`benchmarks._memory` peaks of memory in fresh processes, and :mod:`benchmarks.render` writes the page.
"""

SYSTEMS = (
    "cross_entropy",
    "kl_divergence",
    "sgd",
    "momentum",
    "adam",
    "adamw",
    "roc_auc",
    "evaluate",
    "grid",
    "start",
    "gpu",
)
