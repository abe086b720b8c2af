"""SGD, as the judge knows it."""

from byhand.judge.optimizers.task import OptimizerTask

TASK = OptimizerTask("sgd")
