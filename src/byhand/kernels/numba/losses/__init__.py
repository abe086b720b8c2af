"""Shared by the kernels of losses."""
