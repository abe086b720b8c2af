"""How SGD is judged."""

from byhand.judge.optimizers.task import OptimizerTask

TASK = OptimizerTask("sgd")
