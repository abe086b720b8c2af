"""Shared by all kernels: compiling, memory, elementary functions, threads, non-temporal stores."""
