"""What the tasks of a loss share: kinds of input, calling conventions, probes, gradients, options."""
