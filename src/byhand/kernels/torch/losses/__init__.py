"""Losses that belong to none of the seven formulas."""
