"""What the kernels of losses share."""
