"""Shared by the kernels of optimizers: the table of tensors, and their addresses."""
