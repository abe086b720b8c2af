"""How Adam is judged."""

from byhand.judge.optimizers.task import OptimizerTask

TASK = OptimizerTask("adam")
