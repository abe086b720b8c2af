"""Adam, as the court knows it."""

from byhand.judge.optimizers.task import OptimizerTask

TASK = OptimizerTask("adam")
