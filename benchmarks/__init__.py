"""Benchmarks: every peer in the same process and the same run, one file a system.

``python -m benchmarks`` runs them all, ``python -m benchmarks --quick`` on small sizes in less than a minute, and
``python -m benchmarks --only adamw/gpt2`` what it names. A system's file declares rows (:class:`benchmarks._row.Row`);
:mod:`benchmarks._harness` times them, :mod:`benchmarks._memory` asks fresh processes for their peak,
:mod:`benchmarks.render` makes the page.
"""

SYSTEMS = ("cross_entropy", "kl_divergence", "sgd", "momentum", "adam", "adamw", "roc_auc", "grid", "start")
