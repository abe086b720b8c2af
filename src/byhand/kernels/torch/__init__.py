"""Kernels that call torch's own fused and foreach operations: for each device, and for what Numba can't take."""
