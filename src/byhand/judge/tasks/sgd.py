"""SGD, as the court knows it."""

from byhand.judge.tasks._optimizer import OptimizerTask

TASK = OptimizerTask("sgd")
