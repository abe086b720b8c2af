"""Common code of the loss tasks: kinds of input, calling conventions, probes, gradients, options."""
