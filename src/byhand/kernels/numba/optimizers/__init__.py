"""What the kernels of optimizers share: the table of tensors, and their addresses."""
