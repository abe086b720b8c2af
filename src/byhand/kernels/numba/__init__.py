"""Kernels for the CPU, compiled on first use by Numba; the user needs no compiler."""
